import { expect, it } from 'vitest'
import type { ScanRef, ScanRow, SessionRow } from '../../../../preload/contract.ts'
import { candidatesFor, kindOf } from './candidates.ts'

const session = (id: string, date: string, subject = 'S1'): SessionRow => ({
  id,
  label: `${subject}_${id}`,
  project: 'P',
  subjectId: subject,
  subjectLabel: subject,
  date,
  xsiType: 'xnat:optSessionData',
})
const row = (sessionId: string, id: string, type: string, laterality: ScanRow['laterality']): ScanRow => ({
  session: sessionId,
  id,
  type,
  xsiType: 'xnat:optScanData',
  laterality,
  quality: '',
  note: '',
  frames: null,
  size: null,
  files: null,
  verdict: null,
  checkedWith: null,
})
const visit = (id: string) => [
  row(id, '1', 'RNFL ring OD', 'OD'),
  row(id, '2', 'Macula volume OD', 'OD'),
  row(id, '3', 'RNFL ring OS', 'OS'),
  row(id, '4', 'RNFL ring OD', 'OD'),
]
const known = {
  sessions: [session('V1', '2024-01-01'), session('V2', '2024-06-01'), session('V3', '2025-01-01'), session('X', '2024-01-01', 'S2')],
  scans: new Map(['V1', 'V2', 'V3', 'X'].map((id) => [id, visit(id)])),
}
const ref = (sessionId: string, scan: string, subject = 'S1'): ScanRef => ({ kind: 'archive', project: 'P', subject, session: sessionId, scan })
const told = (list: ReturnType<typeof candidatesFor>) =>
  list.map((one) => `${one.reason} ${one.ref.kind === 'archive' ? `${one.ref.session}/${one.ref.scan}` : one.ref.local}`)

it('offers the other visits first, the newest of them, then the other eye of this visit', () => {
  const list = told(candidatesFor(ref('V2', '1'), 'OD', known, []))
  expect(list.slice(0, 6)).toEqual([
    'other-visit V3/1',
    'other-visit V3/4',
    'other-visit V1/1',
    'other-visit V1/4',
    'other-eye V2/3',
    'same-visit V2/4',
  ])
  expect(list.slice(6).every((one) => one.startsWith('subject '))).toBe(true)
  expect(list).toHaveLength(11)
})

it('never offers the scan itself, nor another subject unless opened together', () => {
  const list = told(candidatesFor(ref('V2', '1'), 'OD', known, [ref('V2', '1'), ref('X', '1', 'S2')]))
  expect(list).not.toContain('other-visit V2/1')
  expect(list.filter((one) => one.includes('X/'))).toEqual(['together X/1'])
})

it('guesses no eye', () => {
  expect(told(candidatesFor(ref('V2', '1'), 'unknown', known, [])).every((one) => one.startsWith('subject '))).toBe(true)
})

it('offers dropped scans to a dropped one', () => {
  const local = (id: string): ScanRef => ({ kind: 'local', local: id })
  expect(told(candidatesFor(local('a'), 'OD', known, [local('a'), local('b'), ref('V1', '2')]))).toEqual(['together V1/2', 'together b'])
})

it('knows a kind whatever the eye', () => {
  expect(kindOf('RNFL ring OD')).toBe(kindOf('RNFL_ring (OS)'))
  expect(kindOf('RNFL ring OD')).not.toBe(kindOf('Macula volume OD'))
})
