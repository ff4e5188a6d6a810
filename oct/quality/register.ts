/**
 * Lays one SLO over another: a shift and a turn, found by normalised cross-correlation of the band-passed images, coarse to fine.
 * The scale is not searched: both images carry theirs.
 */
import { type Grid, halved, prepared, turned } from './register-grid.ts'

/** A grey picture with its scale. */
export interface ScaledPicture {
  width: number
  height: number
  /** u8, row-major, row 0 superior */
  pixels: Uint8Array
  /** mm per px; 0 where not known */
  spacing: { x: number; y: number }
}

/** Where B lies on A: a point p of B is found at R(turn)(p - middle of B) + middle of A + shift. */
export interface Placement {
  /** mm (A's px where no scale is known): x right, y down */
  shift: { x: number; y: number }
  /** degrees, clockwise on the screen */
  turn: number
}

export interface Registration extends Placement {
  /** Correlation of the two images where they overlap, 0..1. */
  likeness: number
  /** Whether the likeness is enough to call them the same place of the same eye. */
  aligned: boolean
}

/** Below this, two images share no more than any two retinas do. Own value: other eyes reach 0.25, the same eye 0.75 (tests). */
export const leastLikeness = 0.4
/** px of the finest grid's longer side */
const finest = 256
/** degrees and parts of the width searched on the coarsest grid */
const widestTurn = 8
const farthest = 0.4
/** The least part of the smaller image that must lie on the other. */
const leastOverlap = 0.3

interface Try {
  /** px of the level's grid: B's corner on A */
  x: number
  y: number
  /** degrees */
  turn: number
  score: number
}

/** Finds where B lies on A. About 0.2 s: call it in a worker. Never fails; what cannot be found is not `aligned`. */
export function register(a: ScaledPicture, b: ScaledPicture): Registration {
  const scaled = [a, b].every((one) => one.spacing.x > 0 && one.spacing.y > 0)
  const plain = { x: 1, y: 1 }
  const [first, second] = scaled
    ? [a, b]
    : [
        { ...a, spacing: plain },
        { ...b, spacing: plain },
      ]
  const extent = Math.max(...[first, second].map((one) => Math.max(one.width * one.spacing.x, one.height * one.spacing.y)))
  const step = extent / finest
  const levelsA = levels(prepared(first, step))
  const levelsB = levels(prepared(second, step))
  const coarseA = levelsA.at(-1)
  const coarseB = levelsB.at(-1)
  if (!coarseA || !coarseB) return { shift: { x: 0, y: 0 }, turn: 0, likeness: 0, aligned: false }

  let tries = best(searchAll(coarseA, coarseB), 8)
  for (let level = levelsA.length - 2; level >= 0; level--) {
    const fineness = levelsA.length - 1 - level
    const [gridA, gridB] = [levelsA[level], levelsB[level]]
    if (!gridA || !gridB) break
    const turnStep = 1 / fineness ** 2
    tries = best(
      tries.flatMap((one) => searchNear(gridA, gridB, { ...one, x: one.x * 2, y: one.y * 2 }, turnStep)),
      fineness === 1 ? 3 : 1,
    )
  }
  const found = tries[0]
  const [gridA, gridB] = [levelsA[0], levelsB[0]]
  if (!found || !gridA || !gridB) return { shift: { x: 0, y: 0 }, turn: 0, likeness: 0, aligned: false }
  const exact = betweenPixels(gridA, turned(gridB, found.turn), found)
  const likeness = Math.max(0, found.score)
  return {
    shift: { x: (exact.x - (gridA.width - gridB.width) / 2) * step, y: (exact.y - (gridA.height - gridB.height) / 2) * step },
    turn: found.turn,
    likeness,
    aligned: likeness >= leastLikeness,
  }
}

/** From fine to coarse: 256, 128, 64. */
function levels(grid: Grid): Grid[] {
  const half = halved(grid)
  return [grid, half, halved(half)]
}

function searchAll(a: Grid, b: Grid): Try[] {
  const found: Try[] = []
  const reach = { x: Math.round(farthest * Math.max(a.width, b.width)), y: Math.round(farthest * Math.max(a.height, b.height)) }
  const middle = { x: Math.round((a.width - b.width) / 2), y: Math.round((a.height - b.height) / 2) }
  for (let turn = -widestTurn; turn <= widestTurn; turn += 2) {
    const image = turned(b, turn)
    for (let y = -reach.y; y <= reach.y; y++)
      for (let x = -reach.x; x <= reach.x; x++) found.push(tried(a, image, middle.x + x, middle.y + y, turn, 2))
  }
  return found
}

function searchNear(a: Grid, b: Grid, from: Try, turnStep: number): Try[] {
  const found: Try[] = []
  for (const by of [-turnStep, 0, turnStep]) {
    const image = turned(b, from.turn + by)
    for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) found.push(tried(a, image, from.x + x, from.y + y, from.turn + by))
  }
  return found
}

function tried(a: Grid, b: Grid, x: number, y: number, turn: number, rowStep = 1): Try {
  return { x, y, turn, score: correlation(a, b, x, y, rowStep) }
}

/** The best, no two of them beside each other. */
function best(tries: Try[], count: number): Try[] {
  const kept: Try[] = []
  for (const one of tries.sort((a, b) => b.score - a.score)) {
    if (kept.length === count) break
    if (kept.every((other) => Math.hypot(one.x - other.x, one.y - other.y) > 2 || Math.abs(one.turn - other.turn) > 2)) kept.push(one)
  }
  return kept
}

/** Correlation of A with B whose corner lies at (x, y) of A, over their overlap, in every `rowStep`th row; -1 where that is too small. */
function correlation(a: Grid, b: Grid, x: number, y: number, rowStep = 1): number {
  const left = Math.max(0, x)
  const right = Math.min(a.width, b.width + x)
  const top = Math.max(0, y)
  const bottom = Math.min(a.height, b.height + y)
  const least = leastOverlap * Math.min(a.width * a.height, b.width * b.height)
  if (right <= left || bottom <= top || (right - left) * (bottom - top) < least) return -1
  let aa = 0
  let bb = 0
  let ab = 0
  for (let row = top; row < bottom; row += rowStep) {
    let i = row * a.width + left
    let k = (row - y) * b.width + left - x
    for (let column = left; column < right; column++, i++, k++) {
      const p = a.values[i] as number
      const q = b.values[k] as number
      aa += p * p
      bb += q * q
      ab += p * q
    }
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : -1
}

/** The place between pixels where the correlation would be highest: a parabola through the neighbours. */
function betweenPixels(a: Grid, b: Grid, at: Try): { x: number; y: number } {
  const part = (before: number, here: number, after: number) => {
    const bend = before - 2 * here + after
    return bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0
  }
  return {
    x: at.x + part(correlation(a, b, at.x - 1, at.y), at.score, correlation(a, b, at.x + 1, at.y)),
    y: at.y + part(correlation(a, b, at.x, at.y - 1), at.score, correlation(a, b, at.x, at.y + 1)),
  }
}
