import { describe, expect, it } from 'vitest'
import { anyFilter, dateFits, type Filters, needsScans, noFilters, shownOf, typesOf } from './filters.ts'
import { scan, session } from './rows.fixture.ts'

const filters = (change: Partial<Filters>): Filters => ({ ...noFilters, ...change })
const visit = session('P-0142', 'P-0142_V02')
const ringOd = scan(visit, '1')
const volumeOs = scan(visit, '2', { type: 'macula volume', laterality: 'OS', note: 'blinked' })
const unknownEye = scan(visit, '3', { laterality: 'unknown' })
const all = [ringOd, volumeOs, unknownEye]

describe('dates', () => {
  it.each([
    ['2025-03-11', '', '', true],
    ['', '', '', true],
    ['2025-03-11', '2025-03-11', '2025-03-11', true],
    ['2025-03-11', '2025-03-12', '', false],
    ['2025-03-11', '', '2025-03-10', false],
    // What has no date is in no range: it is not guessed.
    ['', '2000-01-01', '', false],
  ])('%s in %s..%s: %s', (date, from, to, fits) => {
    expect(dateFits(date, filters({ from, to }))).toBe(fits)
  })
})

describe('shownOf', () => {
  it('shows all of a session that is found by its own names', () => {
    expect(shownOf(visit, undefined, filters({ text: 'p-0142 v02' }))).toBe(true)
  })
  it('shows the scans that are found by theirs', () => {
    expect(shownOf(visit, all, filters({ text: 'p-0142 blinked' }))).toEqual([volumeOs])
    expect(shownOf(visit, all, filters({ text: 'nothing of this' }))).toBe(false)
  })
  it('never takes an unknown eye for either', () => {
    expect(shownOf(visit, all, filters({ eye: 'OD' }))).toEqual([ringOd])
    expect(shownOf(visit, all, filters({ eye: 'OS' }))).toEqual([volumeOs])
  })
  it('wants every filter met', () => {
    expect(shownOf(visit, all, filters({ eye: 'OS', type: 'ring' }))).toBe(false)
    expect(shownOf(visit, all, filters({ type: 'ring', from: '2026-01-01' }))).toBe(false)
    expect(shownOf(visit, all, filters({ text: 'p-0142', type: 'ring' }))).toEqual([ringOd, unknownEye])
  })
  it('hides what cannot be judged yet', () => {
    expect(shownOf(visit, undefined, filters({ eye: 'OD' }))).toBe(false)
  })
})

it('tells which filters want the scans', () => {
  expect(needsScans(filters({ from: '2025-01-01' }))).toBe(false)
  expect(needsScans(filters({ text: 'p' }))).toBe(false)
  expect(needsScans(filters({ text: 'p-' }))).toBe(true)
  expect(needsScans(filters({ eye: 'OS' }))).toBe(true)
  expect(anyFilter(noFilters)).toBe(false)
})

it('lists each type once', () => {
  expect(typesOf([all, [scan(visit, '9', { type: '' })]])).toEqual(['macula volume', 'ring'])
})
