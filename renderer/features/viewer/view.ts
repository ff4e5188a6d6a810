/** Where an image lies in its pane, in CSS px. */

export type ScaleMode = 'fit' | 'pixels' | 'micrometres'
export interface Size {
  width: number
  height: number
}
export interface Rect extends Size {
  x: number
  y: number
}
/** What a person did to the image: 1 and 0, 0 show it as the mode says. */
export interface Zoom {
  factor: number
  /** CSS px from the middle of the pane to the middle of the image */
  x: number
  y: number
}
export const noZoom: Zoom = { factor: 1, x: 0, y: 0 }
const most = 16

/**
 * The image's size before zooming.
 *
 * - `fit`: as large as the pane holds, a pixel square.
 * - `pixels`: one image pixel is one pixel of the screen (`density` device px per CSS px).
 * - `micrometres`: as large as the pane holds with the same length per µm in both directions.
 *
 * @param spacing mm per px, `x` along the image and `y` down
 */
export function baseSize(mode: ScaleMode, image: Size, pane: Size, spacing: { x: number; y: number }, density: number): Size {
  if (mode === 'pixels') return { width: image.width / density, height: image.height / density }
  const known = mode === 'micrometres' && spacing.x > 0 && spacing.y > 0
  const width = known ? image.width * spacing.x : image.width
  const height = known ? image.height * spacing.y : image.height
  const scale = Math.min(pane.width / width, pane.height / height)
  return Number.isFinite(scale) && scale > 0 ? { width: width * scale, height: height * scale } : { width: 0, height: 0 }
}

/** The image's rectangle in the pane. */
export function placed(base: Size, pane: Size, zoom: Zoom): Rect {
  const width = base.width * zoom.factor
  const height = base.height * zoom.factor
  return { x: (pane.width - width) / 2 + zoom.x, y: (pane.height - height) / 2 + zoom.y, width, height }
}

/** Holds the image in the pane: what is larger than the pane leaves no gap, what is smaller stays in the middle. */
export function held(base: Size, pane: Size, zoom: Zoom): Zoom {
  const limit = (size: number, room: number) => Math.max(0, (size * zoom.factor - room) / 2)
  const clamp = (value: number, bound: number) => Math.min(bound, Math.max(-bound, value))
  return { factor: zoom.factor, x: clamp(zoom.x, limit(base.width, pane.width)), y: clamp(zoom.y, limit(base.height, pane.height)) }
}

/** Zooms by `by` so that the point `at` (CSS px in the pane) stays where it is. */
export function zoomAt(base: Size, pane: Size, zoom: Zoom, by: number, at: { x: number; y: number }): Zoom {
  const factor = Math.min(most, Math.max(1, zoom.factor * by))
  const ratio = factor / zoom.factor
  const fromX = at.x - pane.width / 2
  const fromY = at.y - pane.height / 2
  return held(base, pane, { factor, x: fromX - (fromX - zoom.x) * ratio, y: fromY - (fromY - zoom.y) * ratio })
}

/**
 * The zoom at which an image is as high as its pane (never below the whole image), `at` (0..1 along and down) in the middle as far as
 * the image's edges allow.
 */
export function filled(base: Size, pane: Size, at: { x: number; y: number }): Zoom {
  const factor = Math.min(most, Math.max(1, base.height > 0 ? pane.height / base.height : 1))
  return held(base, pane, { factor, x: (0.5 - at.x) * base.width * factor, y: (0.5 - at.y) * base.height * factor })
}

/** Image coordinates (px, fractional) of a point of the pane. */
export function toImage(rect: Rect, image: Size, at: { x: number; y: number }): { x: number; y: number } {
  return { x: ((at.x - rect.x) / rect.width) * image.width, y: ((at.y - rect.y) / rect.height) * image.height }
}
