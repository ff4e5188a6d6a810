/**
 * Heidelberg's unsigned 16-bit float, in which `.e2e` files keep reflectivity: 6 bits of exponent above 10 bits of mantissa, no sign.
 * 2^(exponent - 63) x (1 + mantissa / 1024); an exponent of 0 is 0. The highest value of all stands for what was not acquired (NaN), as
 * FLT_MAX does in RAW exports.
 */

const table = new Float32Array(65_536)
for (let bits = 1024; bits < table.length; bits++) {
  table[bits] = 2 ** ((bits >>> 10) - 63) * (1 + (bits & 1023) / 1024)
}
table[0xffff] = Number.NaN

/** Linear reflectivity (0..1, seldom above), one value per two bytes (little-endian); an odd last byte is left out. NaN where not acquired. */
export function decodeU16f(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.byteLength >>> 1)
  for (let i = 0; i < values.length; i++) values[i] = table[(bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)] as number
  return values
}

/** The nearest 16-bit value to each linear reflectivity, little-endian; NaN as not acquired. For fixtures. */
export function encodeU16f(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2)
  for (const [i, value] of values.entries()) {
    const bits = bitsOf(value)
    bytes[2 * i] = bits & 255
    bytes[2 * i + 1] = bits >>> 8
  }
  return bytes
}

function bitsOf(value: number): number {
  if (Number.isNaN(value)) return 0xffff
  if (value >= 1) return 63 << 10
  const exponent = Math.floor(Math.log2(value))
  if (value <= 0 || exponent + 63 < 1) return 0
  const mantissa = Math.round((value / 2 ** exponent - 1) * 1024)
  return Math.min(63 << 10, ((exponent + 63) << 10) + mantissa)
}
