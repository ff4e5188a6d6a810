import type { ScanRow, SessionRow } from '../../../preload/contract.ts'

/** Rows for tests, as the archive would give them. */
export const session = (subject: string, label: string, date = '2025-03-11'): SessionRow => ({
  id: `E-${label}`,
  label,
  project: 'DEMO-MS',
  subjectId: `S-${subject}`,
  subjectLabel: subject,
  date,
  xsiType: 'xnat:optSessionData',
})

export const scan = (of: SessionRow, id: string, more: Partial<ScanRow> = {}): ScanRow => ({
  session: of.id,
  id,
  type: 'ring',
  xsiType: 'xnat:optScanData',
  laterality: 'OD',
  quality: 'usable',
  note: '',
  frames: 1,
  size: 2_200_000,
  files: 1,
  verdict: null,
  checkedWith: null,
  ...more,
})
