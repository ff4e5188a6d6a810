/** What outlives the panes of an open scan while something else lies in their place. */
import type { KnownResult } from './quality-panel.tsx'
import type { Picture } from './snapshot/picture.ts'

export interface Kept {
  /** The B-scan a person was at; null before one was shown. */
  index: number | null
  /** Results that came since the scan was opened, newest first. */
  fresh: KnownResult[]
  /** What can be saved as a picture at this moment: one scan, or two that are compared; none while nothing is shown. */
  pictures: () => Picture[]
}

export function nothingKept(): Kept {
  return { index: null, fresh: [], pictures: () => [] }
}
