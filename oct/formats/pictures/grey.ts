/** From channels to grey. */

/** Rec. 601 luminance in 1/256: what a display of a grey ramp shows, rounded. */
const red = 77
const green = 150
const blue = 29

/**
 * One grey value per pixel of interleaved 8-bit channels: 1 or 2 channels (the second is alpha) give the first as it is; of 3 or 4, equal ones
 * give that value, others their luminance (equal ones come out the same: the weights add up to 256).
 */
export function toGrey(data: Uint8Array, channels: number, count: number): Uint8Array {
  if (channels === 1) return data.length === count ? data : data.slice(0, count)
  const grey = new Uint8Array(count)
  for (let i = 0, at = 0; i < count; i++, at += channels) {
    const first = data[at] as number
    grey[i] = channels < 3 ? first : (first * red + (data[at + 1] as number) * green + (data[at + 2] as number) * blue) >> 8
  }
  return grey
}

/** Palette indices to grey; an index beyond the palette is black. `colours` holds red, green, blue per entry, 8 bits. */
export function paletteToGrey(indices: Uint8Array, colours: Uint8Array): Uint8Array {
  const greys = toGrey(colours, 3, Math.floor(colours.length / 3))
  return indices.map((index) => greys[index] ?? 0)
}

/** The high bytes of 16-bit samples. */
export function high8(data: Uint8Array, bigEndian: boolean): Uint8Array {
  const high = new Uint8Array(data.length >> 1)
  for (let i = 0, at = bigEndian ? 0 : 1; i < high.length; i++, at += 2) high[i] = data[at] as number
  return high
}
