/** What the viewer calls a scan of the Inbox. */
import type { OpenScan } from '../../preload/contract.ts'
import type { InboxStore } from '../../preload/inbox.ts'

/** Patient and visit as the Inbox shows them; null for a scan that is not its own, and while the desk is locked, when it shows none. */
export function titleOfLocal({ scans, visits }: Pick<InboxStore, 'scans' | 'visits'>, local: string): OpenScan['title'] | null {
  const scan = scans.find((each) => each.local === local)
  const visit = scan && visits.find(({ slots }) => slots.some(({ attempts }) => attempts.includes(scan.id)))
  return visit && visit.patient !== '' ? { project: '', subject: visit.patient, session: visit.visit, scan: '' } : null
}
