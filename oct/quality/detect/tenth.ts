/** What a scan of several B-scans is judged by: a tenth of poor ones is enough to tell, one alone of many is not. */

/** The value that a tenth of them do not reach; of one alone, its own; null of none. Good is high. */
export function lowerTenth(values: readonly (number | null)[]): number | null {
  const known = values.filter((each) => each !== null).sort((a, b) => a - b)
  return known[Math.ceil(0.1 * (known.length - 1))] ?? null
}

/** The value that a tenth of them exceed; of one alone, its own; null of none. Good is low. */
export function upperTenth(values: readonly (number | null)[]): number | null {
  const known = values.filter((each) => each !== null).sort((a, b) => a - b)
  return known[Math.floor(0.9 * (known.length - 1))] ?? null
}
