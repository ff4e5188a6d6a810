import { describe, expect, it } from 'vitest'
import { synthesise } from '../../synth/index.ts'
import { type AScanState, aScanStates, type FrameView } from '../examination.ts'
import { movedUp, opened, seen } from '../opened.ts'
import { statesOf } from '../states.ts'
import { completeness } from './completeness.ts'
import { bscan, examination, hostile } from './phantom.ts'

function found(views: FrameView[]) {
  const detector = completeness(examination())
  for (const view of views) detector.frame?.(view)
  const findings = detector.end()
  return { ...findings, of: (id: string) => findings.criteria.find((each) => each.id === id) }
}

/** A B-scan of 100 A-scans in these states, the rest whole. */
function inStates(states: Partial<Record<AScanState, number>>, index = 0): FrameView {
  const view = bscan({ width: 100, height: 64, ilm: 15, thickness: 120, index })
  let from = 0
  for (const [state, count] of Object.entries(states)) {
    view.states.fill(aScanStates.indexOf(state as AScanState), from, from + count)
    from += count
  }
  return view
}

describe('each way to lose A-scans', () => {
  it.each([
    ['completeness.upper', 'cut-upper', 'cut-upper', /cut off at the upper edge in 3 %/],
    ['completeness.lower', 'cut-lower', 'cut-lower', /cut off at the lower edge in 3 %/],
    ['completeness.folded', 'folded', 'cut-upper', /folded over at the upper edge in 3 %/],
    ['completeness.signal', 'signal-missing', 'signal-missing', /no signal in 3 %/],
  ] as const)('%s', (id, state, kind, reason) => {
    const statuses = [0, 1, 2, 3].map((count) => found([inStates({ [state]: count })]).of(id)?.status)
    expect(statuses).toEqual(['pass', 'warn', 'warn', 'fail'])
    const result = found([inStates({ [state]: 3 })])
    expect(result.of(id)).toMatchObject({ value: 3, unit: '%', evidence: 'own', reason })
    expect(result.of('completeness')).toMatchObject({ status: 'warn', value: 97 })
    expect(result.intervals).toEqual([{ frame: 0, from: 0, to: 2, kind }])
    // What is folded lies beyond the upper edge, too.
    const concerned = ['completeness', id, ...(state === 'folded' ? ['completeness.upper'] : [])]
    for (const other of result.criteria) if (!concerned.includes(other.id)) expect(other.status).toBe('pass')
  })

  it('says in how many B-scans of a volume most is lost, with a value per B-scan', () => {
    const result = found([inStates({}), inStates({ 'cut-upper': 80 }, 1), inStates({ 'cut-upper': 1 }, 2)])
    expect(result.of('completeness.upper')).toMatchObject({ value: 27, reason: /in 1 of 3 B-scans in more than half/ })
    expect(result.series).toEqual([{ id: 'completeness', unit: '%', values: [100, 20, 99] }])
    expect(result.intervals?.map(({ frame }) => frame)).toEqual([1, 2])
  })
})

describe('what no layer is seen in', () => {
  it('is unknown, never whole and never a pass', () => {
    const result = found([inStates({ 'not-segmented': 40 })])
    for (const { status, value, reason } of result.criteria) expect([status, value, reason.slice(0, 13)]).toEqual(['unknown', null, 'Not measured:'])
  })

  it('does not hide a loss that is seen', () => {
    const result = found([inStates({ 'not-segmented': 40, 'cut-upper': 20 })])
    expect(result.of('completeness.upper')?.status).toBe('fail')
    expect(result.of('completeness')?.status).toBe('fail')
    expect(result.of('completeness.lower')?.status).toBe('unknown')
  })
})

it('says when it goes by found lines, and sees the same cut by them', async () => {
  const { views } = await opened(synthesise({ pattern: 'line', laterality: 'OD', seed: 61, width: 256 }))
  const view = views[0] as FrameView
  const whole = found([seen(view.roots, view.width, view.height, 0.00387, view)])
  expect(whole.of('completeness')).toMatchObject({ status: 'pass', reason: /lines found in the picture/ })
  expect(found([view]).of('completeness')?.reason).not.toMatch(/found/)
  let before = 0
  for (const up of [0, 175, 190, 205, 220, 240]) {
    const value = found([seen(movedUp(view, up), view.width, view.height, 0.00387, view)]).of('completeness.upper')?.value ?? -1
    expect(value).toBeGreaterThanOrEqual(before)
    before = value
  }
  expect(before).toBe(100)
})

it('stumbles over nothing', () => {
  for (const view of hostile()) {
    const result = found([{ ...view, states: statesOf(view, 0.00387) }])
    expect(result.criteria.length).toBe(5)
    for (const { value } of result.criteria) expect(value === null || (value >= 0 && value <= 100)).toBe(true)
  }
  expect(found([]).criteria.every(({ value }) => value === null || Number.isFinite(value))).toBe(true)
})
