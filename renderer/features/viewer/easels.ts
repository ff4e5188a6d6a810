/** Canvases with their painters, kept for the next pane: a WebGL context takes long to make just when a scan is to be seen. */
import { hasGraphicsCard } from './graphics.ts'
import { createPainter, type Painter } from './painter.ts'

export interface Easel {
  readonly canvas: HTMLCanvasElement
  readonly painter: Painter
  /** Whether the graphics card took the context away: it cannot be painted on any more. */
  readonly lost: boolean
}

/** Kept at most; a browser gives out 16 contexts. */
const most = 6
const free: Easel[] = []

function make(plain: boolean): Easel {
  const canvas = document.createElement('canvas')
  const easel = { canvas, painter: createPainter(canvas, plain || !hasGraphicsCard()), lost: false }
  canvas.addEventListener('webglcontextlost', () => {
    easel.lost = true
  })
  return easel
}

/** An empty canvas, to be put on the page; `plain` leaves WebGL aside. */
export function takeEasel(plain: boolean): Easel {
  if (plain) return make(true)
  const kept = free.pop()
  return kept && !kept.lost ? kept : make(false)
}

/** Takes a canvas off the page and what it showed out of memory; keeps the canvas itself. */
export function giveBack(easel: Easel): void {
  const { canvas, painter } = easel
  canvas.remove()
  painter.image(null)
  canvas.width = 1
  canvas.height = 1
  if (!easel.lost && free.length < most) free.push(easel)
  else painter.close()
}

/** Makes them ahead until `count` are kept, one at a time, whenever the window has nothing else to do. */
export function prepareEasels(count: number): void {
  if (free.length >= Math.min(count, most)) return
  requestIdleCallback(() => {
    free.push(make(false))
    prepareEasels(count)
  })
}
