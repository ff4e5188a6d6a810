/** What is on the screen of one scan, as far as a saved picture repeats it. */
import type { Interval, Verdict } from '../../../../oct/results.ts'
import type { OpenScan } from '../../../../preload/contract.ts'
import type { Frame } from '../frame-source.ts'
import type { LayerChoice } from '../layer-choice.ts'
import type { WindowLevel } from '../window-level.ts'

export interface Picture {
  open: OpenScan
  /** 0-based */
  index: number
  frame: Frame
  level: WindowLevel
  layers: LayerChoice
  /** Of this B-scan. */
  intervals: readonly Interval[]
  /** Null where it was not judged. */
  verdict: Verdict | null
}
