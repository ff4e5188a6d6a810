/** From raw reflectivity to what is shown. */

/**
 * Display values (u8) of raw reflectivity: the fourth root, 0..1 to 0..255, the usual display of Heidelberg RAW exports.
 * NaN, negative values and the format's mark for "no data" (the largest float32, and anything as absurd) become 0, black.
 *
 * @param raw float32 little-endian, row-major, row 0 anterior
 */
export function displayValues(raw: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const view = new DataView(raw)
  const out = new Uint8Array(raw.byteLength >> 2)
  for (let i = 0; i < out.length; i++) {
    const value = view.getFloat32(i * 4, true)
    if (value > 0 && value < 1e30) out[i] = Math.min(255, Math.round(255 * Math.sqrt(Math.sqrt(value))))
  }
  return out
}
