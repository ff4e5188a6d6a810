/** A small picture of a B-scan. */

const most = { width: 128, height: 96 }

/**
 * The picture made smaller by averaging, its shape kept; never larger than it was.
 * @param grey 0..255, row-major, width x height px
 */
export function thumbOf(grey: Uint8Array, width: number, height: number): { width: number; height: number; pixels: Uint8Array } {
  const scale = Math.min(1, most.width / width, most.height / height)
  const wide = Math.max(1, Math.floor(width * scale))
  const high = Math.max(1, Math.floor(height * scale))
  const pixels = new Uint8Array(wide * high)
  for (let y = 0; y < high; y++) {
    const [top, bottom] = span(y, high, height)
    for (let x = 0; x < wide; x++) {
      const [left, right] = span(x, wide, width)
      let sum = 0
      for (let row = top; row < bottom; row++) for (let column = left; column < right; column++) sum += grey[row * width + column] as number
      pixels[y * wide + x] = Math.round(sum / ((bottom - top) * (right - left)))
    }
  }
  return { width: wide, height: high, pixels }
}

/** First and behind-the-last px of the large picture that become one of the small. */
function span(at: number, small: number, large: number): [number, number] {
  const from = Math.floor((at * large) / small)
  return [from, Math.max(from + 1, Math.floor(((at + 1) * large) / small))]
}
