/** Small statistics shared by detectors. */
import type { Status } from '../results.ts'
import type { Limit } from './profile.ts'

/** Two decimals: what is stored is what is shown, and what is compared. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** The status of a value that is good when high (`warn` >= `fail`) or good when low (`warn` <= `fail`). At the limit itself it still passes. */
export function grade(value: number, { warn, fail }: Limit, good: 'high' | 'low'): Exclude<Status, 'unknown'> {
  const beyond = (limit: number) => (good === 'high' ? value < limit : value > limit)
  return beyond(fail) ? 'fail' : beyond(warn) ? 'warn' : 'pass'
}

/** Middle value, the upper of two; null of none. Sorts a copy. */
export function median(values: ArrayLike<number>): number | null {
  const sorted = Float64Array.from(values as ArrayLike<number>).sort()
  return sorted[sorted.length >> 1] ?? null
}

/** Mean; null of none. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, each) => sum + each, 0) / values.length
}
