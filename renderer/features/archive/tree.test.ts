import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../../oct/errors.ts'
import { noFilters } from './filters.ts'
import { keyAction } from './keys.ts'
import { scan, session } from './rows.fixture.ts'
import { flatten, levelOf, parentIndex, sessionKey, subjectKey, type TreeState } from './tree.ts'

const a1 = session('A', 'A_1')
const a2 = session('A', 'A_2')
const b1 = session('B', 'B_1')
const empty: TreeState = { sessions: [a1, a2, b1], scans: new Map(), index: new Map(), filters: noFilters, turned: new Set() }
const listedScans = [scan(a1, '1'), scan(a1, '2', { laterality: 'OS' })]
const listed: TreeState = { ...empty, scans: new Map([[a1.id, { state: 'listed', rows: listedScans }]]) }
const openA = new Set([subjectKey('S-A'), sessionKey(a1.id)])
const shape = (state: TreeState) => flatten(state).rows.map((row) => `${'  '.repeat(levelOf(row) - 1)}${row.kind}`)

describe('flatten', () => {
  it('shows subjects alone until they are opened', () => {
    expect(shape(empty)).toEqual(['subject', 'subject'])
  })
  it('keeps a subject together whose sessions came in two pages', () => {
    const { rows } = flatten({ ...empty, sessions: [a1, b1, a2] })
    expect(rows.map((row) => row.kind === 'subject' && row.members.length)).toEqual([2, 1])
  })
  it('opens to the scans', () => {
    expect(shape({ ...listed, turned: openA })).toEqual(['subject', '  session', '    scan', '    scan', '  session', 'subject'])
  })
  it('says that scans are on their way, that there are none, or why they are not there', () => {
    const note = (state: TreeState) => flatten({ ...state, turned: openA }).rows.find((row) => row.kind === 'note')
    const failed = new ScansideError('unreachable', 'The archive does not answer.')
    expect(note(empty)).toMatchObject({ note: 'listing' })
    expect(note({ ...empty, scans: new Map([[a1.id, { state: 'listed', rows: [] }]]) })).toMatchObject({ note: 'none' })
    expect(note({ ...empty, scans: new Map([[a1.id, { state: 'failed', error: failed }]]) })).toMatchObject({ note: failed })
  })
  it('unfolds what a filter found, down to the scans, and folds it again by hand', () => {
    const filtered = { ...listed, filters: { ...noFilters, eye: 'OS' as const } }
    expect(shape(filtered)).toEqual(['subject', '  session', '    scan'])
    expect(flatten(filtered).shownSessions).toBe(1)
    expect(shape({ ...filtered, turned: new Set([subjectKey('S-A')]) })).toEqual(['subject'])
  })
  it('does not unfold the sessions of a subject that was found by its name', () => {
    expect(shape({ ...listed, filters: { ...noFilters, text: 'A_' } })).toEqual(['subject', '  session', '  session'])
  })
  it('prefers scans with sizes over those of the project’s list', () => {
    const index = new Map([[a1.id, [scan(a1, '1', { size: null })]]])
    const rows = flatten({ ...listed, index, turned: openA }).rows.filter((row) => row.kind === 'scan')
    expect(rows.map((row) => row.scan.size)).toEqual([2_200_000, 2_200_000])
  })
})

describe('keys', () => {
  const { rows } = flatten({ ...listed, turned: openA })
  it.each([
    ['ArrowDown', 0, { do: 'move', to: 1 }],
    ['ArrowUp', 0, { do: 'move', to: 0 }],
    ['End', 0, { do: 'move', to: 5 }],
    ['PageDown', 1, { do: 'move', to: 5 }],
    ['ArrowRight', 0, { do: 'move', to: 1 }],
    ['ArrowRight', 5, { do: 'turn', key: subjectKey('S-B') }],
    ['ArrowRight', 2, null],
    ['ArrowLeft', 0, { do: 'turn', key: subjectKey('S-A') }],
    ['ArrowLeft', 3, { do: 'move', to: 1 }],
    ['ArrowLeft', 5, null],
    ['Enter', 2, { do: 'open' }],
    ['Enter', 4, { do: 'turn', key: sessionKey(a2.id) }],
    [' ', 2, { do: 'toggle' }],
    ['r', 2, { do: 'run' }],
    ['Escape', 2, { do: 'escape' }],
    ['x', 2, null],
  ])('%s on row %i', (key, index, action) => {
    expect(keyAction(key, rows, index, 20)).toEqual(action)
  })
  it('finds the row that holds another', () => {
    expect(parentIndex(rows, 3)).toBe(1)
    expect(parentIndex(rows, 4)).toBe(0)
    expect(parentIndex(rows, 0)).toBe(-1)
  })
})
