import { beforeEach, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab.ts'
import {
  chooseProject,
  forgetArchive,
  listProjectScans,
  listProjects,
  listScans,
  noteStarted,
  renewProject,
  showVerdicts,
  turn,
  useArchive,
} from './archive-store.ts'
import { scan, session } from './rows.fixture.ts'

const many = (count: number) => Array.from({ length: count }, (_, index) => session(`P-${Math.floor(index / 4)}`, `V-${index}`))
const visit = session('P-1', 'V-1')

function source(change: Partial<Lab['archive']>): Lab['archive'] {
  const none = async () => ({ rows: [], more: false })
  return { projects: async () => [], sessions: none, projectScans: none, scans: async () => [], ...change }
}

beforeEach(forgetArchive)

describe('a project', () => {
  it('is listed in pages of 2,000 until there are no more, and shown meanwhile', async () => {
    const all = many(4_500)
    const seen: number[] = []
    const stop = useArchive.subscribe((state) => seen.push(state.sessions.length))
    await chooseProject(
      'DEMO-MS',
      source({ sessions: async ({ offset, limit }) => ({ rows: all.slice(offset, offset + limit), more: offset + limit < all.length }) }),
    )
    stop()
    expect([...new Set(seen)]).toEqual([0, 2_000, 4_000, 4_500])
    expect(useArchive.getState().listing).toBe('listed')
  })
  it('ends where the archive promises more and gives nothing', async () => {
    await chooseProject('DEMO-MS', source({ sessions: async () => ({ rows: [], more: true }) }))
    expect(useArchive.getState().listing).toBe('listed')
  })
  it('drops pages of a project that was left', async () => {
    const arrivals: ((page: { rows: ReturnType<typeof many>; more: boolean }) => void)[] = []
    const slow = chooseProject('OLD', source({ sessions: () => new Promise((resolve) => arrivals.push(resolve)) }))
    await chooseProject('NEW', source({ sessions: async () => ({ rows: [visit], more: false }) }))
    for (const arrive of arrivals) arrive({ rows: many(3), more: true })
    await slow
    expect(useArchive.getState()).toMatchObject({ project: 'NEW', sessions: [visit] })
  })
  it('is chosen by itself where it is the only one', async () => {
    const only = { id: 'DEMO-MS', name: 'DEMO-MS', description: '', access: 'read' as const }
    await listProjects(source({ projects: async () => [only] }))
    expect(useArchive.getState().project).toBe('DEMO-MS')
  })
})

describe('scans', () => {
  it('are asked for once a session', async () => {
    let asked = 0
    const scans = async () => {
      asked += 1
      return [scan(visit, '1')]
    }
    await chooseProject('DEMO-MS', source({}))
    await listScans(visit, false, source({ scans }))
    await listScans(visit, false, source({ scans }))
    expect(asked).toBe(1)
  })
  it('say why they could not be had, and can be asked for again', async () => {
    const broken = source({ scans: () => Promise.reject(new TypeError('reset')) })
    expect(await listScans(visit, false, broken)).toBeNull()
    expect(useArchive.getState().scans.get(visit.id)).toMatchObject({ state: 'failed', error: { code: 'internal' } })
    expect(await listScans(visit, false, source({ scans: async () => [scan(visit, '1')] }))).toHaveLength(1)
  })
  it('of a whole project are gathered by session', async () => {
    await chooseProject('DEMO-MS', source({}))
    await listProjectScans(source({ projectScans: async () => ({ rows: [scan(visit, '1'), scan(visit, '2')], more: false }) }))
    expect(useArchive.getState().index.get(visit.id)).toHaveLength(2)
    expect(useArchive.getState().indexing).toBe('listed')
  })
})

it('shows the verdicts of what was started here once it is done, and asks once', async () => {
  const asked: string[] = []
  const verdicts = source({
    sessions: async () => ({ rows: [visit], more: false }),
    scans: async ({ session: id }) => {
      asked.push(id)
      return [scan(visit, '1', { verdict: asked.length > 1 ? 'usable' : null })]
    },
  })
  await chooseProject('DEMO-MS', verdicts)
  await listScans(visit, false, verdicts)
  noteStarted(['r1'], [{ kind: 'archive', project: 'DEMO-MS', subject: visit.subjectId, session: visit.id, scan: '1' }])
  await showVerdicts(['r0'], verdicts)
  expect(asked).toHaveLength(1)
  await showVerdicts(['r1'], verdicts)
  await showVerdicts(['r1'], verdicts)
  expect(asked).toHaveLength(2)
  expect(useArchive.getState().scans.get(visit.id)).toMatchObject({ rows: [{ verdict: 'usable' }] })
})

it('opens and closes', () => {
  turn('subject:1')
  expect(useArchive.getState().turned.has('subject:1')).toBe(true)
  turn('subject:1')
  expect(useArchive.getState().turned.has('subject:1')).toBe(false)
})

it('lists a project anew and leaves what was chosen, opened and filtered', async () => {
  const away = source({ sessions: async () => ({ rows: [visit], more: false }), scans: async () => [scan(visit, '1')] })
  await chooseProject('DEMO-MS', away)
  await listScans(visit, false, away)
  turn(`session:${visit.id}`)
  useArchive.setState({ selection: new Map([[`scan:${visit.id}/1`, { session: visit, scan: scan(visit, '1') }]]), active: `session:${visit.id}` })
  const other = session('P-2', 'V-2')
  const back = source({ sessions: async () => ({ rows: [visit, other], more: false }), scans: async () => [scan(visit, '1'), scan(visit, '2')] })
  await renewProject(back)
  const state = useArchive.getState()
  expect(state.sessions).toEqual([visit, other])
  expect([...state.selection.keys()]).toEqual([`scan:${visit.id}/1`])
  expect(state.active).toBe(`session:${visit.id}`)
  expect(state.scans.get(visit.id)).toMatchObject({ state: 'listed', rows: [{ id: '1' }, { id: '2' }] })
})
