/** From linear reflectivity to grey, as Heidelberg shows it. */

/** u8 = round(255 * v^0.25), v clamped to 0..1; NaN (not acquired) becomes 0. Source: Heidelberg RAW export, display transform. */
export function toDisplay(pixels: Float32Array): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(pixels.length)
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] as number
    grey[i] = value > 0 ? Math.sqrt(Math.sqrt(value)) * 255 : 0
  }
  return grey
}
