/** What can be wrong with drawn layer lines, B-scan by B-scan, as shares of A-scans. */
import type { Layer, Scan } from '../../scan.ts'
import type { FrameView } from '../examination.ts'

/** `count` of `of` A-scans. */
export interface Share {
  count: number
  of: number
}

type View = Pick<FrameView, 'info' | 'width' | 'ilm' | 'bm' | 'origin' | 'found'>

/** um: a line farther than this from the border that is seen lies off it. The BM's border is softer where the choroid is bright. */
const tolerance = { ilm: 25, bm: 45 }
/** A-scans to each side at which a steep border may be met instead. */
const beside = 3
/** Lines from the vitreous outwards, by Heidelberg's names; others are not ordered. */
const order = ['ILM', 'RNFL', 'GCL', 'IPL', 'INL', 'OPL', 'ELM', 'PR1', 'PR2', 'RPE', 'BM']
/** um: lines that meet, as in the fovea, may touch. */
const touching = 12
/** um: a step between neighbouring A-scans beyond the line's own trend; where A-scans are farther apart, this much of the distance. */
const leap = 16
const leapOfDistance = 0.8
/** Differences to each side that make the trend. */
const trend = 3
/** Share of the width at both ends where a line may be absent: there borders of the picture are. */
const margin = 0.02
/** Share of the width at one end where devices leave out the BM of lines that run on to the disc. */
const endOfBm = 0.2

/** A-scans whose device lines lie on the borders found in the picture. Counted where a line is drawn, its border seen, and `seen` is 1. */
export function onBorder({ width, ilm, bm, origin, found }: View, seen: Uint8Array, um: number): Share {
  const share = { count: 0, of: 0 }
  const pairs = [
    origin.ilm === 'device' ? { drawn: ilm, border: found.ilm, within: tolerance.ilm / um } : null,
    origin.bm === 'device' ? { drawn: bm, border: found.bm, within: tolerance.bm / um } : null,
  ].filter((pair) => pair !== null)
  for (let x = 0; x < width; x++) {
    if (!seen[x]) continue
    let any = false
    let off = false
    for (const { drawn, border, within } of pairs) {
      const row = drawn[x] as number
      if (Number.isNaN(row) || Number.isNaN(border[x])) continue
      any = true
      if (distance(row, border, x) > within) off = true
    }
    if (any) share.of++
    if (any && !off) share.count++
  }
  return share
}

/** px from a row to a border at an A-scan or the few beside it. */
function distance(row: number, border: Float32Array, x: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = Math.max(0, x - beside); i <= Math.min(border.length - 1, x + beside); i++) {
    const away = Math.abs(row - (border[i] as number))
    if (away < least) least = away
  }
  return least
}

/** Whether the file would carry a line if the device had drawn it: RAW exports have a place for each, others name those they have. */
function carries({ format, frames }: Pick<Scan, 'format' | 'frames'>, name: string): boolean {
  return format === 'heidelberg-vol' || frames.some(({ layers }) => layers.some((layer) => layer.name === name))
}

/** A-scans that show a retina and lack ILM or BM. The BM may be absent in the disc and, but for circles, at one end of the B-scan. */
export function lacking(view: View, seen: Uint8Array, scan: Pick<Scan, 'format' | 'frames' | 'pattern'>): Share {
  const { width, info, found } = view
  const rowsOf = (name: string) => info.layers.find((layer) => layer.name === name)?.rows
  const ilm = rowsOf('ILM')
  const bm = rowsOf('BM')
  const share = { count: 0, of: 0 }
  const closed = info.location.kind === 'ring' || scan.pattern === 'ring'
  const from = closed ? 0 : Math.ceil(margin * width)
  const allowed = !carries(scan, 'BM') ? new Uint8Array(width).fill(1) : bm && !closed ? absences(view, bm) : new Uint8Array(width)
  const wantsIlm = carries(scan, 'ILM')
  for (let x = from; x < width - from; x++) {
    if (!seen[x]) continue
    const noIlm = wantsIlm && (ilm === undefined || Number.isNaN(ilm[x]))
    const noBm = (bm === undefined || Number.isNaN(bm[x])) && !allowed[x]
    // Where no border is seen either, there may be none to draw.
    if (noIlm && noBm && Number.isNaN(found.ilm[x]) && Number.isNaN(found.bm[x])) continue
    share.of++
    if (noIlm || noBm) share.count++
  }
  return share
}

/** Where the BM need not be drawn: one end up to a fifth of the width, between the two ends of the BM's opening, or where none is seen. */
function absences({ width, info, found }: View, bm: Float32Array): Uint8Array {
  const allowed = Uint8Array.from(found.bm, (row) => (Number.isNaN(row) ? 1 : 0))
  const [left, right] = info.bmo ?? []
  if (left && right) allowed.fill(1, Math.max(0, Math.floor(left.x) - 2), Math.min(width, Math.ceil(right.x) + 3))
  const first = bm.findIndex((row) => !Number.isNaN(row))
  const last = bm.findLastIndex((row) => !Number.isNaN(row))
  if (first < 0) return allowed.fill(0)
  if (first <= endOfBm * width) allowed.fill(1, 0, first)
  if (width - 1 - last <= endOfBm * width) allowed.fill(1, last + 1)
  return allowed
}

/** A-scans where a line runs above one that belongs above it. Counted where at least two ordered lines are drawn. */
export function crossings(layers: readonly Layer[], width: number, um: number): Share {
  const ordered = order.flatMap((name) => layers.filter((layer) => layer.name === name)).map(({ rows }) => rows)
  const share = { count: 0, of: 0 }
  const least = touching / um
  for (let x = 0; x < width; x++) {
    let deepest = Number.NEGATIVE_INFINITY
    let lines = 0
    let crossed = false
    for (const rows of ordered) {
      const row = rows[x] as number
      if (Number.isNaN(row)) continue
      lines++
      if (deepest - row > least) crossed = true
      if (row > deepest) deepest = row
    }
    if (lines > 1) share.of++
    if (crossed) share.count++
  }
  return share
}

/** A-scans at which ILM or BM leaves its trend. Beside a gap of the BM (the disc) the ILM may fall as it likes. */
export function jumps({ width, info }: View, seen: Uint8Array, um: number, lateral: number): Share {
  const share = { count: 0, of: 0 }
  const least = Math.max(leap, leapOfDistance * lateral) / um
  const bm = info.layers.find((layer) => layer.name === 'BM')?.rows
  const ilm = info.layers.find((layer) => layer.name === 'ILM')?.rows
  const jumped = new Uint8Array(width)
  if (ilm) markJumps(ilm, least, jumped, (x) => bm !== undefined && nearGap(bm, x))
  if (bm) markJumps(bm, least, jumped, () => false)
  for (let x = 0; x < width; x++) {
    if (!seen[x]) continue
    share.of++
    if (jumped[x]) share.count++
  }
  return share
}

function markJumps(rows: Float32Array, least: number, into: Uint8Array, excused: (x: number) => boolean): void {
  const near: number[] = []
  for (let x = 1; x < rows.length; x++) {
    const step = (rows[x] as number) - (rows[x - 1] as number)
    if (!(Math.abs(step) > least) || excused(x)) continue
    near.length = 0
    for (let i = Math.max(1, x - trend); i <= Math.min(rows.length - 1, x + trend); i++) {
      const other = (rows[i] as number) - (rows[i - 1] as number)
      if (i !== x && !Number.isNaN(other)) near.push(other)
    }
    near.sort((a, b) => a - b)
    if (near.length > 0 && Math.abs(step - (near[near.length >> 1] as number)) > least) into[x] = 1
  }
}

/** A-scans beside a gap in which the disc's wall still falls. */
const wall = 12

function nearGap(bm: Float32Array, x: number): boolean {
  for (let i = Math.max(0, x - wall); i <= Math.min(bm.length - 1, x + wall); i++) if (Number.isNaN(bm[i])) return true
  return false
}
