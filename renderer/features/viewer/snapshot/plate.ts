/** Where everything stands in a saved picture. All in px of it. Pure. */
import type { Rect, Size } from '../view.ts'

export interface PlateRow {
  /** px of the B-scan's part in sight */
  part: Size
  /** how much higher than wide a px is shown */
  stretch: number
  /** px; null where the scan has none */
  slo: Size | null
  /** What stands below, piece by piece, the most telling first. */
  caption: readonly string[]
}

export interface PlacedLine {
  text: string
  x: number
  /** the line's middle */
  y: number
}

export interface Plate extends Size {
  rows: { slo: Rect | null; bscan: Rect; caption: PlacedLine[] }[]
  foot: PlacedLine[]
}

const margin = 16
const gap = 12
export const captionSize = 16
export const footSize = 13
const captionLine = 24
const footLine = 20
/** A B-scan is enlarged by whole steps until it is this wide; px of a file stay px of the picture. */
const leastWidth = 700
const mostWidth = 6_000
/** An SLO beside a low B-scan is not smaller than this. */
const leastSlo = 420
const between = '  ·  '

/**
 * The SLO at the left of its B-scan, the caption below, row under row, the foot at the end.
 *
 * @param measure px a text takes in the caption's font
 */
export function plateOf(rows: readonly PlateRow[], foot: string, measure: (text: string) => number): Plate {
  const sized = rows.map((row) => {
    const times = Math.max(1, Math.ceil(leastWidth / row.part.width))
    const shrink = Math.min(1, mostWidth / (row.part.width * times))
    const width = Math.round(row.part.width * times * shrink)
    const height = Math.max(1, Math.round(row.part.height * row.stretch * times * shrink))
    const sloHeight = row.slo ? Math.max(height, leastSlo) : 0
    const sloWidth = row.slo ? Math.round((row.slo.width / row.slo.height) * sloHeight) : 0
    return { row, width, height, sloWidth, sloHeight }
  })
  const sloColumn = Math.max(0, ...sized.map((one) => one.sloWidth))
  const bscanX = margin + (sloColumn > 0 ? sloColumn + gap : 0)
  const width = bscanX + Math.max(0, ...sized.map((one) => one.width)) + margin
  let y = margin
  const placed = sized.map(({ row, ...size }) => {
    const slo = row.slo ? { x: margin, y, width: size.sloWidth, height: size.sloHeight } : null
    const bscan = { x: bscanX, y, width: size.width, height: size.height }
    y += Math.max(size.height, size.sloHeight) + gap
    const caption = wrapped(row.caption, width - 2 * margin, measure).map((text, i) => ({ text, x: margin, y: y + (i + 0.5) * captionLine }))
    y += caption.length * captionLine + gap
    return { slo, bscan, caption }
  })
  const lines = [{ text: foot, x: margin, y: y + footLine / 2 }]
  return { width, height: y + footLine + margin, rows: placed, foot: lines }
}

/** Pieces joined to lines no wider than `room`; a piece that is wider alone has a line of its own. */
export function wrapped(pieces: readonly string[], room: number, measure: (text: string) => number): string[] {
  const lines: string[] = []
  for (const piece of pieces) {
    const last = lines.at(-1)
    const joined = last === undefined ? piece : last + between + piece
    if (last !== undefined && measure(joined) <= room) lines[lines.length - 1] = joined
    else lines.push(piece)
  }
  return lines
}
