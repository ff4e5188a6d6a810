/** From one scan to the next of those that were opened together. */
import type { ScanRef } from '../../../preload/contract.ts'

export interface Neighbours {
  /** 0-based */
  index: number
  previous: ScanRef | null
  next: ScanRef | null
}

/** Where a scan stands among others; null where it is none of them. */
export function neighbours(among: readonly ScanRef[], scan: ScanRef): Neighbours | null {
  const index = among.findIndex((one) => sameScan(one, scan))
  return index < 0 ? null : { index, previous: among[index - 1] ?? null, next: among[index + 1] ?? null }
}

/** Whether two references name the same scan. */
export function sameScan(a: ScanRef, b: ScanRef): boolean {
  if (a.kind === 'local' || b.kind === 'local') return a.kind === 'local' && b.kind === 'local' && a.local === b.local
  return a.project === b.project && a.session === b.session && a.scan === b.scan
}

/** Ctrl (Cmd on a Mac) with an arrow flips through scans; null for any other key. */
export function flipKey(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): 'previous' | 'next' | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return null
  return event.key === 'ArrowLeft' ? 'previous' : event.key === 'ArrowRight' ? 'next' : null
}
