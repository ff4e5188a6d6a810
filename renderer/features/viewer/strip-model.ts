/** What the strip of B-scans shows: a bar for each, how it was judged, and the numbers below. */
import type { Interval, ScanResult, Series, Verdict } from '../../../oct/results.ts'

/** A B-scan in the strip. `noted`: something is marked on it, though the scan is usable; `open`: nobody judged it. */
export type BarState = 'fault' | 'noted' | 'clear' | 'open'

/**
 * How each B-scan was judged. A B-scan with a marked stretch is a fault where the scan's verdict is one; without any, it is clear
 * where it was measured. `judged`: the result, null where there is none.
 */
export function barStates(count: number, judged: Pick<ScanResult, 'verdict' | 'intervals' | 'series'> | null): BarState[] {
  if (!judged || judged.verdict === 'unknown') return Array.from({ length: count }, () => 'open')
  const marked = framesOf(judged.intervals)
  const fault: BarState = judged.verdict === 'usable' ? 'noted' : 'fault'
  return Array.from({ length: count }, (_, i) => (marked.has(i) ? fault : measured(judged.series, i) ? 'clear' : 'open'))
}

function framesOf(intervals: readonly Interval[]): ReadonlySet<number> {
  return new Set(intervals.map((one) => one.frame))
}

/** A result without series measured the scan as a whole. */
function measured(series: readonly Series[], index: number): boolean {
  return series.length === 0 || series.some((one) => one.values[index] != null)
}

/** The verdict whose colour a bar takes. */
export function barVerdict(state: BarState, verdict: Verdict): Verdict {
  if (state === 'fault') return verdict
  return state === 'clear' ? 'usable' : 'unknown'
}

/**
 * The bars of one state as an SVG path in a box `heights.length` wide and 1 high, and as one line below each that is marked: a fault
 * is told by more than its colour.
 */
export function barPath(heights: readonly number[], states: readonly BarState[], state: BarState): string {
  let path = ''
  for (const [i, height] of heights.entries()) if (states[i] === state) path += `M${i + 0.1} 1h0.8V${Math.round((1 - height) * 1000) / 1000}h-0.8z`
  return path
}

/** Neighbours of one state as stretches `[from, to]`, both included. */
export function stretchesOf(states: readonly BarState[], state: BarState): [number, number][] {
  const found: [number, number][] = []
  for (const [i, one] of states.entries()) {
    if (one !== state) continue
    const last = found.at(-1)
    if (last && last[1] === i - 1) last[1] = i
    else found.push([i, i])
  }
  return found
}

/** Heights 0..1: each B-scan's quality against the best of the scan, never below a fifth so that it can be seen and hit; half where unknown. */
export function barHeights(qualities: readonly (number | null)[]): number[] {
  const best = qualities.reduce<number>((most, quality) => Math.max(most, quality ?? 0), 0)
  return qualities.map((quality) => (quality === null || best <= 0 ? 0.5 : Math.max(0.2, quality / best)))
}

/** The numbers (from 1) that are written below a strip of `count` B-scans, `width` CSS px wide: the first, and each round one that has room. */
export function ticks(count: number, width: number): number[] {
  const room = 36
  const least = (count * room) / Math.max(1, width)
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000].find((one) => one >= least) ?? 10_000
  const round = Array.from({ length: Math.floor(count / step) }, (_, i) => (i + 1) * step)
  return round[0] === 1 ? round : [1, ...round.filter((one) => (one - 1) * width >= room * count)]
}

/** The B-scan at a place along the strip, 0..1. */
export function frameAt(part: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(part * count)))
}
