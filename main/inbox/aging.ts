/** Scans of the Inbox whose time is over, by the site's retention. */
import type { AgedScan, InboxRecords } from '../store/lab-inbox.ts'

/** `forget`: everything of it goes. `thin`: its pictures go, what a person has said about it stays with the verdict. */
export type Fate = 'forget' | 'thin' | 'keep'

/**
 * What becomes of a scan whose days are over. What nobody has read waits for a person, what a run works with or has results of that are not home
 * waits for that, and what is in hand now is left alone: time takes none of these away.
 * @param inHand it is being read or judged, or its bytes are open
 */
export function fateOf({ read, said, waits, pictured }: Omit<AgedScan, 'id'>, inHand: boolean): Fate {
  if (inHand || !read || waits) return 'keep'
  if (!said) return 'forget'
  return pictured ? 'thin' : 'keep'
}

/** Scans looked at in one go: others wait meanwhile. */
export const mostAtOnce = 300

/** Removes what is over, `mostAtOnce` at most; answers how many scans went, and of how many the pictures. */
export function forgetAged(
  records: Pick<InboxRecords, 'aged' | 'thin' | 'remove'>,
  day: string,
  inHand: (id: string) => boolean,
): { forgotten: string[]; thinned: string[] } {
  const forgotten: string[] = []
  const thinned: string[] = []
  let kept = 0
  for (;;) {
    const most = kept + mostAtOnce
    const aged = records.aged(day, most)
    for (const scan of aged) {
      const fate = fateOf(scan, inHand(scan.id))
      if (fate === 'forget') {
        records.remove(scan.id)
        forgotten.push(scan.id)
      }
      if (fate === 'thin') {
        records.thin(scan.id)
        thinned.push(scan.id)
      }
    }
    // However many must be kept for now, they hold up no other.
    if (aged.length < most || forgotten.length + thinned.length > 0) return { forgotten, thinned }
    kept = aged.length
  }
}
