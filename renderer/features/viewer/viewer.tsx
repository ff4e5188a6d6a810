import type { ScanRef } from '../../../preload/contract.ts'

/** The scan lies open over the place it was opened from. */
export function Viewer(_props: { scan: ScanRef; onClose: () => void }) {
  return <section className="page" />
}
