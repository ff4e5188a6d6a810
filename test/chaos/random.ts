/** Chance that can be repeated. */

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `many` of them in their order, evenly spread; the seed says where within its stretch each is taken. */
export function evenly<T>(all: readonly T[], many: number, seed: number): T[] {
  if (many >= all.length) return [...all]
  const random = randomOf(seed)
  return Array.from({ length: many }, (_, part) => all[Math.floor(((part + random()) * all.length) / many)] as T)
}
