/** Seeded randomness: the same seed gives the same scan. */

/** Numbers in 0..1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** One sample of Gamma(k, 1/k): mean 1. Speckle averaged over k frames (Marsaglia and Tsang, 2000; k >= 1). */
export function speckle(random: () => number, k: number): number {
  const d = k - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / k
  }
}

/** A power-of-two table of speckle samples, drawn from by `next() & mask`. */
export function speckleTable(seed: number, k: number): Float32Array {
  const random = randomFrom(seed)
  return Float32Array.from({ length: 32_768 }, () => speckle(random, k))
}

/** Smooth noise over the plane, about -1..1, one feature per unit. */
export function smoothNoise(seed: number): (x: number, y: number) => number {
  const random = randomFrom(seed)
  const lattice = Float32Array.from({ length: 4096 }, () => 2 * random() - 1)
  const at = (x: number, y: number) => lattice[(Math.imul(x, 73) + Math.imul(y, 1_237)) & 4095] as number
  return (x, y) => {
    const left = Math.floor(x)
    const top = Math.floor(y)
    const u = ease(x - left)
    const v = ease(y - top)
    const upper = at(left, top) * (1 - u) + at(left + 1, top) * u
    const lower = at(left, top + 1) * (1 - u) + at(left + 1, top + 1) * u
    return upper * (1 - v) + lower * v
  }
}

function ease(t: number): number {
  return t * t * (3 - 2 * t)
}
