/** Brightness and contrast of an image: a window over the stored values, then a gamma. */

export interface WindowLevel {
  /** middle of the window, 0..255 */
  centre: number
  /** its width, at least 1 */
  width: number
  /** above 1 lifts the dark parts */
  gamma: number
}

/** Shows stored values as they are. */
export const plainWindow: WindowLevel = { centre: 127.5, width: 255, gamma: 1 }

/** What a stored value (0..255) looks like, 0..1. The WebGL shader computes the same. */
export function mapLevel(value: number, window: WindowLevel): number {
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

/** A look-up table for the 256 stored values, 0..255 each. */
export function levelTable(window: WindowLevel): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 256 }, (_, value) => mapLevel(value, window) * 255)
}
