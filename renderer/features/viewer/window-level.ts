/** How an image's stored values are shown: a window over them, then a gamma, then a look-up table of colours. */

export interface WindowLevel {
  /** middle of the window, 0..255 */
  centre: number
  /** its width, at least 1 */
  width: number
  /** above 1 lifts the dark parts */
  gamma: number
  lut: Lut
}

/** `inverted`: dark on white; `colour`: brightness rises as in `grey`, with a hue to tell near values apart. */
export const luts = ['grey', 'inverted', 'colour'] as const
export type Lut = (typeof luts)[number]

/** Shows stored values as they are. */
export const plainWindow: WindowLevel = { centre: 127.5, width: 255, gamma: 1, lut: 'grey' }

/** Where a stored value (0..255) lies in the window, 0..1, before the look-up table. The WebGL shader computes the same. */
export function mapLevel(value: number, window: Omit<WindowLevel, 'lut'>): number {
  const low = window.centre - window.width / 2
  const t = Math.min(1, Math.max(0, (value - low) / window.width))
  return t ** (1 / window.gamma)
}

/** The window after a drag in CSS px: to the right widens it (less contrast), upwards brightens. */
export function dragWindow(window: WindowLevel, dx: number, dy: number): WindowLevel {
  return {
    ...window,
    width: Math.min(510, Math.max(8, window.width + dx)),
    centre: Math.min(255, Math.max(0, window.centre + dy * 0.5)),
  }
}

const made = new Map<Lut, Uint8ClampedArray<ArrayBuffer>>()

/** 256 colours from the window's lower end to its upper, RGBA, 0..255 each. */
export function lutColours(lut: Lut): Uint8ClampedArray<ArrayBuffer> {
  const known = made.get(lut)
  if (known) return known
  const colours = new Uint8ClampedArray(256 * 4)
  for (let i = 0; i < 256; i++) {
    const grey = lut === 'inverted' ? 255 - i : i
    colours.set(lut === 'colour' ? cubehelix(i / 255) : [grey, grey, grey], i * 4)
    colours[i * 4 + 3] = 255
  }
  made.set(lut, colours)
  return colours
}

/**
 * A spiral around the grey axis from black to white whose perceived brightness only rises, so that it reads as grey in print.
 * Source: D. A. Green, "A colour scheme for the display of astronomical intensity images", Bull. Astr. Soc. India 39 (2011) 289, eq. 2,
 * with start 0.5, -1.5 rotations, hue 1, gamma 1.
 */
function cubehelix(fraction: number): [number, number, number] {
  const angle = 2 * Math.PI * (0.5 / 3 - 1.5 * fraction)
  const reach = (fraction * (1 - fraction)) / 2
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return [
    255 * (fraction + reach * (-0.14861 * cos + 1.78277 * sin)),
    255 * (fraction + reach * (-0.29227 * cos - 0.90649 * sin)),
    255 * (fraction + reach * 1.97294 * cos),
  ]
}

/** What each of the 256 stored values looks like: RGBA as the bytes of one little-endian word, as ImageData has them. */
export function levelTable(window: WindowLevel): Uint32Array<ArrayBuffer> {
  const colours = new Uint32Array(lutColours(window.lut).buffer)
  return Uint32Array.from({ length: 256 }, (_, value) => colours[Math.round(mapLevel(value, window) * 255)] as number)
}
