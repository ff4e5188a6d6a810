import { describe, expect, it } from 'vitest'
import { scan, session } from './rows.fixture.ts'
import { inOrder, markOf, markOfAll, refOf, refreshed, type Selection, subjectLine, summary, toggle } from './selection.ts'

const v1 = session('P-0142', 'V01')
const v2 = session('P-0142', 'V02')
const ring = { session: v1, scan: scan(v1, '1') }
const volume = { session: v1, scan: scan(v1, '2', { size: 41_600_000 }) }
const other = { session: v2, scan: scan(v2, '1') }
const none: Selection = new Map()

describe('toggle', () => {
  it('chooses what is missing before it lets anything go', () => {
    const one = toggle(none, [ring])
    const both = toggle(one, [ring, volume])
    expect([...both.values()]).toEqual([ring, volume])
    expect(toggle(both, [ring, volume]).size).toBe(0)
    expect(none.size).toBe(0)
  })
})

it('stands in the order of the table, whatever was picked first', () => {
  const tenth = { session: v1, scan: scan(v1, '10') }
  expect(inOrder(toggle(none, [other, tenth, volume, ring]), [v1, v2])).toEqual([ring, volume, tenth, other])
})

describe('marks', () => {
  const shown = [ring.scan, volume.scan]
  it.each([
    [[], 'none'],
    [[ring], 'some'],
    [[ring, volume], 'all'],
  ] as const)('%#', (items, mark) => {
    expect(markOf(toggle(none, [...items]), v1.id, shown)).toBe(mark)
  })
  it('counts nothing as all of nothing', () => {
    expect(markOf(toggle(none, [other]), v1.id, [])).toBe('none')
    expect(markOf(toggle(none, [other]), v1.id, undefined)).toBe('none')
    expect(markOfAll([])).toBe('none')
    expect(markOfAll(['all', 'none'])).toBe('some')
    expect(markOfAll(['all', 'all'])).toBe('all')
  })
})

describe('summary', () => {
  it('sums sizes', () => {
    expect(summary(toggle(none, [ring, volume, other]))).toEqual({ scans: 3, sessions: 2, bytes: 46_000_000 })
  })
  it('gives no sum where a size is not known', () => {
    const unknown = { session: v1, scan: scan(v1, '9', { size: null }) }
    expect(summary(toggle(none, [ring, unknown])).bytes).toBeNull()
  })
})

it('takes over newly listed rows and lets go what is no longer there', () => {
  const chosen = toggle(none, [{ session: v1, scan: scan(v1, '1', { size: null }) }, volume, other])
  const next = refreshed(chosen, v1.id, [ring.scan])
  expect([...next.values()]).toEqual([ring, other])
})

it('names a scan by the archive’s ids, and the selection by its labels', () => {
  expect(refOf(ring)).toEqual({ kind: 'archive', project: 'DEMO-MS', subject: 'S-P-0142', session: 'E-V01', scan: '1' })
  expect(subjectLine(toggle(none, [ring, volume]))).toBe('DEMO-MS / P-0142 / V01')
  expect(subjectLine(toggle(none, [ring, other]))).toBe('DEMO-MS / P-0142 … (2)')
  expect(subjectLine(none)).toBe('')
})
