/** The archive page's state. It lives outside the page, so that leaving it loses nothing and a listing goes on. */
import { create } from 'zustand'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Project, ScanRef, ScanRow, SessionRow } from '../../../preload/contract.ts'
import { asScansideError, type Lab, lab } from '../../lab.ts'
import { type Filters, needsScans, noFilters, shownOf } from './filters.ts'
import { type Chosen, refreshed, type Selection, toggle } from './selection.ts'
import { type SessionScans, sessionKey } from './tree.ts'

/** Rows a call of the contract. */
const pageSize = 2_000

export interface ArchiveState {
  projects: Project[] | null
  projectsProblem: ScansideError | null
  project: string | null
  sessions: SessionRow[]
  listing: 'idle' | 'listing' | 'listed'
  problem: ScansideError | null
  scans: ReadonlyMap<string, SessionScans>
  index: ReadonlyMap<string, ScanRow[]>
  indexing: 'idle' | 'listing' | 'listed'
  indexed: number
  filters: Filters
  turned: ReadonlySet<string>
  selection: Selection
  /** Key of the row the keyboard is on. */
  active: string | null
  sheet: boolean
}

const fresh = {
  sessions: [],
  listing: 'idle',
  problem: null,
  scans: new Map(),
  index: new Map(),
  indexing: 'idle',
  indexed: 0,
  filters: noFilters,
  turned: new Set<string>(),
  selection: new Map(),
  active: null,
  sheet: false,
} satisfies Partial<ArchiveState>

export const useArchive = create<ArchiveState>(() => ({ projects: null, projectsProblem: null, project: null, ...fresh }))

const { getState, setState } = useArchive

/** Counts listings, so that a page that arrives late for another project is dropped. */
let generation = 0

/** Lists the projects; the only one there is gets chosen. */
export async function listProjects(source: Lab['archive'] = lab.archive): Promise<void> {
  const mine = generation
  setState({ projectsProblem: null })
  try {
    const projects = await source.projects()
    if (mine !== generation) return
    setState({ projects })
    const [only] = projects
    if (only && projects.length === 1 && getState().project === null) await chooseProject(only.id, source)
  } catch (error) {
    if (mine === generation) setState({ projectsProblem: asScansideError(error) })
  }
}

/** Forgets everything of the archive: another person may sign in. */
export function forgetArchive(): void {
  generation += 1
  setState({ projects: null, projectsProblem: null, project: null, ...fresh })
}

/** Shows a project; its sessions come in pages and are shown as they come. */
export async function chooseProject(project: string, source: Lab['archive'] = lab.archive): Promise<void> {
  generation += 1
  const mine = generation
  setState({ project, ...fresh, listing: 'listing' })
  try {
    for (let offset = 0, more = true; more; offset += pageSize) {
      const page = await source.sessions({ project, offset, limit: pageSize })
      if (mine !== generation) return
      more = page.more && page.rows.length > 0
      setState((state) => ({ sessions: [...state.sessions, ...page.rows] }))
    }
    setState({ listing: 'listed' })
  } catch (error) {
    if (mine === generation) setState({ listing: 'idle', problem: asScansideError(error) })
  }
}

/** Lists the project anew and leaves what a person chose, opened and filtered: what was listed without the archive is not all there is. */
export async function renewProject(source: Lab['archive'] = lab.archive): Promise<void> {
  const { project, turned, selection, filters, active, sheet } = getState()
  await listProjects(source)
  if (project === null) return
  const listed = chooseProject(project, source)
  setState({ turned, selection, filters, active, sheet })
  await listed
  for (const session of getState().sessions) if (turned.has(sessionKey(session.id))) await listScans(session, true, source)
  if (needsScans(filters)) await listProjectScans(source)
}

/** Lists every scan of the project, for filters by eye, type and scan names. Once is enough. */
export async function listProjectScans(source: Lab['archive'] = lab.archive): Promise<void> {
  const { project, indexing } = getState()
  if (project === null || indexing !== 'idle') return
  const mine = generation
  setState({ indexing: 'listing', indexed: 0 })
  try {
    for (let offset = 0, more = true; more; offset += pageSize) {
      const page = await source.projectScans({ project, offset, limit: pageSize })
      if (mine !== generation) return
      more = page.more && page.rows.length > 0
      setState((state) => {
        const index = new Map(state.index)
        for (const row of page.rows) index.set(row.session, [...(index.get(row.session) ?? []), row])
        return { index, indexed: state.indexed + page.rows.length }
      })
    }
    setState({ indexing: 'listed' })
  } catch (error) {
    if (mine === generation) setState({ indexing: 'idle', index: new Map(), problem: asScansideError(error) })
  }
}

/** Lists a session's scans with sizes; answers them, or null where they cannot be had (the row says why). */
export async function listScans(session: SessionRow, again = false, source: Lab['archive'] = lab.archive): Promise<ScanRow[] | null> {
  const known = getState().scans.get(session.id)
  if (known?.state === 'listed' && !again) return known.rows
  const mine = generation
  const put = (value: SessionScans) => setState((state) => ({ scans: new Map(state.scans).set(session.id, value) }))
  // What is already on the screen stays there while it is listed anew.
  if (known?.state !== 'listed') put({ state: 'listing' })
  try {
    const rows = await source.scans({ project: session.project, session: session.id })
    if (mine !== generation) return null
    put({ state: 'listed', rows })
    setState((state) => ({ selection: refreshed(state.selection, session.id, rows) }))
    return rows
  } catch (error) {
    if (mine === generation) put({ state: 'failed', error: asScansideError(error) })
    return null
  }
}

/** Which sessions a run judges, for those started from this window. */
const judging = new Map<string, string[]>()

/** Remembers what runs were started on, so that the table shows their verdicts once they are done. */
export function noteStarted(runs: string[], refs: ScanRef[]): void {
  const sessions = new Set(refs.flatMap((ref) => (ref.kind === 'archive' ? [ref.session] : [])))
  for (const run of runs) judging.set(run, [...sessions])
}

/** Lists the sessions of runs that have ended anew, where their scans are on the screen. */
export async function showVerdicts(ended: string[], source: Lab['archive'] = lab.archive): Promise<void> {
  const stale = new Set<string>()
  for (const run of ended) {
    for (const session of judging.get(run) ?? []) stale.add(session)
    judging.delete(run)
  }
  const { sessions, scans } = getState()
  for (const session of sessions) if (stale.has(session.id) && scans.has(session.id)) await listScans(session, true, source)
}

/** Changes the filters; rows a person had turned are shown as the new filters say. */
export function setFilters(change: Partial<Filters>): void {
  const filters = { ...getState().filters, ...change }
  setState({ filters, turned: new Set() })
  if (needsScans(filters)) void listProjectScans()
}

/** Opens what is closed and closes what is open. */
export function turn(key: string): void {
  setState((state) => {
    const turned = new Set(state.turned)
    if (!turned.delete(key)) turned.add(key)
    return { turned }
  })
}

/** Chooses or lets go what is shown of these sessions; scans that are not listed yet are listed first. */
export async function toggleSessions(sessions: SessionRow[]): Promise<void> {
  const items: Chosen[] = []
  for (const session of sessions) {
    const rows = (await listScans(session)) ?? []
    const shown = shownOf(session, rows, getState().filters)
    for (const scan of shown === true ? rows : shown || []) items.push({ session, scan })
  }
  if (items.length > 0) setState((state) => ({ selection: toggle(state.selection, items) }))
}

/** Chooses or lets go one scan. Its size is listed where only the project's list is known. */
export function toggleScan(chosen: Chosen): void {
  setState((state) => ({ selection: toggle(state.selection, [chosen]) }))
  if (chosen.scan.size === null) void listScans(chosen.session)
}
