import { expect, it } from 'vitest'
import type { SessionRow } from '../../../../preload/contract.ts'
import { visitsOf } from './use-candidates.ts'

const row = (id: string, subjectId: string, date: string): SessionRow => ({
  id,
  label: id,
  project: 'P',
  subjectId,
  subjectLabel: subjectId,
  date,
  xsiType: '',
})
const ref = { kind: 'archive', project: 'P', subject: 'S2', session: 'b', scan: '1' } as const

it('looks through pages until the subject is over', async () => {
  const pages = [
    { rows: [row('a', 'S1', '2024-01-01'), row('b', 'S2', '2024-01-01')], more: true },
    { rows: [row('c', 'S2', '2025-01-01'), row('d', 'S3', '2024-01-01')], more: true },
    { rows: [row('e', 'S4', '2024-01-01')], more: false },
  ]
  let asked = 0
  const sessions = async () => pages[asked++] ?? { rows: [], more: false }
  expect((await visitsOf(ref, { sessions })).map(({ id }) => id)).toEqual(['c', 'b'])
  expect(asked).toBe(2)
})
