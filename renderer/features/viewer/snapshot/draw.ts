/** Draws a saved picture. */
import type { OpenScan } from '../../../../preload/contract.ts'
import { measure } from '../calipers.ts'
import { frameSpacing } from '../geometry.ts'
import { isShown, layerNames } from '../layer-choice.ts'
import { layerColours } from '../layer-colours.ts'
import { linePath } from '../layer-lines.ts'
import { bscanLetters, sloLetters } from '../letters.ts'
import { cross, outline } from '../outlines.ts'
import type { GreyImage } from '../painter.ts'
import type { Rect } from '../view.ts'
import { levelTable, plainWindow, type WindowLevel } from '../window-level.ts'
import type { Picture } from './picture.ts'
import { captionSize, footSize, type Plate } from './plate.ts'

/** A style token's value, `--mark`. */
export type Token = (name: string) => string

export interface Drawn {
  picture: Picture
  slo: GreyImage | null
}

/** px of a line, and of the dark edge on both its sides */
const stroke = 1.5
const under = 4

/** The font captions are measured and written in. */
export const captionFont = (token: Token) => `500 ${captionSize}px ${token('--font')}`

export function drawPlate(context: CanvasRenderingContext2D, plate: Plate, rows: readonly Drawn[], token: Token): void {
  context.fillStyle = '#000'
  context.fillRect(0, 0, plate.width, plate.height)
  for (const [i, { picture, slo }] of rows.entries()) {
    const place = plate.rows[i]
    if (!place) continue
    if (place.slo && slo) drawSlo(context, picture, slo, place.slo, token)
    drawBscan(context, picture, place.bscan, token)
    context.font = captionFont(token)
    context.fillStyle = '#fff'
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    for (const line of place.caption) context.fillText(line.text, line.x, line.y)
  }
  context.font = `400 ${footSize}px ${token('--font')}`
  context.fillStyle = '#b4b4b4'
  for (const line of plate.foot) context.fillText(line.text, line.x, line.y)
}

/** The image as a canvas of its own size. */
function shaded(image: GreyImage, level: WindowLevel): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = image.width
  canvas.height = image.height
  const data = new ImageData(image.width, image.height)
  const words = new Uint32Array(data.data.buffer)
  const table = levelTable(level)
  for (let i = 0; i < words.length; i++) words[i] = table[image.pixels[i] as number] as number
  canvas.getContext('2d')?.putImageData(data, 0, 0)
  return canvas
}

function drawBscan(context: CanvasRenderingContext2D, picture: Picture, rect: Rect, token: Token): void {
  const { open, index, frame, level, layers, intervals, verdict } = picture
  const { scan } = open
  const part = picture.seen?.part ?? { x: 0, y: 0, width: frame.width, height: frame.height }
  const scale = { x: rect.width / part.width, y: rect.height / part.height }
  const at = (x: number, y: number) => ({ x: rect.x + (x - part.x) * scale.x, y: rect.y + (y - part.y) * scale.y })
  context.save()
  context.beginPath()
  context.rect(rect.x, rect.y, rect.width, rect.height)
  context.clip()
  // Whole steps show each px as what it is; others are interpolated, as on the screen.
  context.imageSmoothingEnabled = !(Number.isInteger(scale.x) && Number.isInteger(scale.y))
  context.drawImage(shaded(frame, level), part.x, part.y, part.width, part.height, rect.x, rect.y, rect.width, rect.height)

  const names = layerNames(scan.frames)
  const colours = layerColours(names)
  const shown = (frame.layers ?? []).filter((line) => isShown(layers, line.name))
  const whole = new DOMMatrix([scale.x, 0, 0, scale.y, rect.x - part.x * scale.x, rect.y - part.y * scale.y])
  context.lineJoin = 'round'
  for (const line of shown) {
    const path = new Path2D()
    path.addPath(new Path2D(linePath(line.rows)), whole)
    context.strokeStyle = token(colours.get(line.name) ?? '--mark')
    context.lineWidth = stroke
    context.stroke(path)
  }
  const fault = token(verdict === 'unusable' ? '--unusable' : verdict === 'ambiguous' ? '--ambiguous' : '--mark-soft')
  for (const one of intervals) {
    context.fillStyle = fault
    const from = at(one.from, 0).x
    context.fillRect(from, one.kind === 'cut-upper' ? rect.y : rect.y + rect.height - 6, at(one.to + 1, 0).x - from, 6)
  }
  const spacing = frameSpacing(scan, index)
  const scaled = spacing.lateral > 0 && spacing.axial > 0
  for (const one of picture.seen?.calipers ?? []) {
    const [from, to] = [at(one.from.x, one.from.y), at(one.to.x, one.to.y)]
    marked(context, `M${from.x} ${from.y}L${to.x} ${to.y}${cross(from, 5)}${cross(to, 5)}`, token)
    const end = to.x >= from.x ? to : from
    if (scaled) lettered(context, `${Math.round(measure(one, spacing).length)} µm`, end.x + 10, end.y, 'left', 13, token)
  }
  for (const end of scan.frames[index]?.bmo ?? []) {
    const path = new Path2D()
    const { x, y } = at(end.x, end.y)
    path.arc(x, y, 5, 0, 2 * Math.PI)
    strokeOver(context, path, token)
  }
  for (const letter of bscanLetters(scan.frames[index]?.location ?? { kind: 'unknown' }, scan.laterality)) {
    const x = at(letter.at * frame.width, 0).x
    if (x < rect.x - 1 || x > rect.x + rect.width + 1) continue
    lettered(context, letter.text, Math.min(rect.x + rect.width - 14, Math.max(rect.x + 14, x)), rect.y + 18, 'center', 15, token)
  }
  if (scaled) {
    const [left, base] = [rect.x + 14, rect.y + rect.height - 20]
    const along = (0.2 / spacing.lateral) * scale.x
    marked(context, `M${left} ${base - (0.2 / spacing.axial) * scale.y}V${base}H${left + along}`, token)
    lettered(context, '200 µm', left + along + 8, base, 'left', 13, token)
  }
  // The key, from right to left.
  let right = rect.x + rect.width - 14
  for (const line of [...shown].reverse()) {
    const y = rect.y + rect.height - 20
    lettered(context, line.name, right, y, 'right', 13, token)
    right -= context.measureText(line.name).width + 6
    context.strokeStyle = token(colours.get(line.name) ?? '--mark')
    context.lineWidth = 2
    context.beginPath()
    context.moveTo(right - 14, y)
    context.lineTo(right, y)
    context.stroke()
    right -= 28
  }
  context.restore()
}

function drawSlo(context: CanvasRenderingContext2D, picture: Picture, image: GreyImage, rect: Rect, token: Token): void {
  const { open, index } = picture
  const { slo, frames, laterality } = open.scan
  context.save()
  context.beginPath()
  context.rect(rect.x, rect.y, rect.width, rect.height)
  context.clip()
  context.imageSmoothingEnabled = true
  context.imageSmoothingQuality = 'high'
  context.drawImage(shaded(image, plainWindow), rect.x, rect.y, rect.width, rect.height)
  if (slo && slo.spacing.x > 0 && slo.spacing.y > 0) {
    const perMm = { x: rect.width / (slo.width * slo.spacing.x), y: rect.height / (slo.height * slo.spacing.y) }
    const onSlo = (d: string) => {
      const path = new Path2D()
      path.addPath(new Path2D(d), new DOMMatrix([perMm.x, 0, 0, perMm.y, rect.x, rect.y]))
      return path
    }
    if (frames.length > 1) {
      context.globalAlpha = 0.28
      context.strokeStyle = token('--mark')
      context.lineWidth = 1
      context.stroke(onSlo(frames.map(({ location }) => outline(location)).join('')))
      context.globalAlpha = 1
    }
    const here = frames[index]?.location ?? { kind: 'unknown' as const }
    const path = onSlo(outline(here) + (here.kind === 'ring' ? cross(here.centre, 0.1) : ''))
    strokeOver(context, path, token)
    const [left, base] = [rect.x + 14, rect.y + rect.height - 20]
    marked(context, `M${left} ${base - 4}V${base + 4}M${left} ${base}H${left + perMm.x}M${left + perMm.x} ${base - 4}V${base + 4}`, token)
    lettered(context, '1 mm', left + perMm.x + 8, base, 'left', 13, token)
  }
  drawSloLetters(context, rect, laterality, token)
  context.restore()
}

function drawSloLetters(context: CanvasRenderingContext2D, rect: Rect, laterality: OpenScan['scan']['laterality'], token: Token): void {
  const letters = sloLetters(laterality)
  if (!letters) return
  const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
  lettered(context, letters.left, rect.x + 16, middle.y, 'center', 15, token)
  lettered(context, letters.right, rect.x + rect.width - 16, middle.y, 'center', 15, token)
  lettered(context, letters.top, middle.x, rect.y + 18, 'center', 15, token)
  lettered(context, letters.bottom, middle.x, rect.y + rect.height - 18, 'center', 15, token)
}

function marked(context: CanvasRenderingContext2D, d: string, token: Token): void {
  strokeOver(context, new Path2D(d), token)
}

function strokeOver(context: CanvasRenderingContext2D, path: Path2D, token: Token): void {
  context.strokeStyle = token('--mark-under')
  context.lineWidth = under
  context.stroke(path)
  context.strokeStyle = token('--mark')
  context.lineWidth = stroke
  context.stroke(path)
}

function lettered(context: CanvasRenderingContext2D, text: string, x: number, y: number, align: CanvasTextAlign, size: number, token: Token): void {
  context.font = `600 ${size}px ${token('--font')}`
  context.textAlign = align
  context.textBaseline = 'middle'
  context.lineJoin = 'round'
  context.strokeStyle = token('--mark-under')
  context.lineWidth = 3
  context.strokeText(text, x, y)
  context.fillStyle = token('--mark')
  context.fillText(text, x, y)
}
