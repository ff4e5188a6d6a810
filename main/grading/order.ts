/** In which order a grader is shown a batch's scans. Pure: the same seed and grader give the same order. */
import { createHash } from 'node:crypto'

export interface Showing {
  /** Index of the batch's scan. */
  scan: number
  /** True for the second showing. */
  repeat: boolean
}

/** Showings between the two of a scan that are tried for; at least one, where there are two scans. */
const farthest = 5
const tries = 200

/** Numbers in 0..1 from a text, SHA-256 in counter mode: no order can be told from another one. */
export function randomFromText(seed: string): () => number {
  let counter = 0
  let bytes = Buffer.alloc(0)
  return () => {
    if (bytes.length < 6) {
      bytes = createHash('sha256').update(`${seed}\n${counter}`).digest()
      counter += 1
    }
    const value = bytes.readUIntBE(0, 6) / 2 ** 48
    bytes = bytes.subarray(6)
    return value
  }
}

/** How many of `scans` are shown twice: a share of them, at least one where any is asked for, none where nothing could lie between. */
export function repeatsOf(scans: number, share: number): number {
  if (scans < 2 || share <= 0) return 0
  return Math.min(scans, Math.max(1, Math.round(scans * share)))
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  const list = [...all]
  for (let last = list.length - 1; last > 0; last -= 1) {
    const at = Math.floor(random() * (last + 1))
    const kept = list[last] as T
    list[last] = list[at] as T
    list[at] = kept
  }
  return list
}

/** Fewest showings between the two of any scan; infinite where none is shown twice. */
export function leastBetween(scans: readonly number[]): number {
  const last = new Map<number, number>()
  let least = Number.POSITIVE_INFINITY
  for (const [place, scan] of scans.entries()) {
    const before = last.get(scan)
    if (before !== undefined) least = Math.min(least, place - before - 1)
    last.set(scan, place)
  }
  return least
}

/**
 * Every scan once and `repeats` of them a second time, shuffled; never the two showings of a scan next to each other.
 * @param scans how many there are
 * @param repeats at most `scans`, from `repeatsOf`
 */
export function orderFor(scans: number, repeats: number, random: () => number): Showing[] {
  const every = Array.from({ length: scans }, (_, index) => index)
  const twice = shuffled(every, random).slice(0, repeats)
  const pool = [...every, ...twice]
  let order: number[] | null = repeats === 0 ? shuffled(pool, random) : null
  for (let between = Math.min(farthest, Math.floor(scans / 2)); order === null && between >= 1; between -= 1) {
    for (let n = 0; n < tries && order === null; n += 1) {
      const candidate = shuffled(pool, random)
      if (leastBetween(candidate) >= between) order = candidate
    }
  }
  // Hardly ever: those shown twice begin and end it, in the same order.
  order ??= [...twice, ...every.filter((scan) => !twice.includes(scan)), ...twice]
  const shown = new Set<number>()
  return order.map((scan) => {
    const repeat = shown.has(scan)
    shown.add(scan)
    return { scan, repeat }
  })
}
