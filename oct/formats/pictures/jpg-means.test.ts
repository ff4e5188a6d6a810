import { beforeAll, expect, it } from 'vitest'
import { encodeJpeg } from '../../../test/support/codecs.ts'
import { randomFrom } from '../../synth/random.ts'
import { jpgBlockMeans } from './jpg-means.ts'

const width = 100
const height = 45
const pixels = Uint8Array.from({ length: width * height }, (_, i) => 128 + 100 * Math.sin((i % width) / 9) * Math.cos(i / width / 7))
let jpg: Uint8Array

beforeAll(async () => {
  jpg = await encodeJpeg(pixels, { width, height, quality: 90 })
})

it('gives the mean of every whole block, within what compression loses', () => {
  const means = jpgBlockMeans(jpg) ?? new Uint8Array(0)
  expect(means).toHaveLength(13 * 6)
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 12; column++) {
      let sum = 0
      for (let i = 0; i < 64; i++) sum += pixels[(row * 8 + (i >> 3)) * width + column * 8 + (i & 7)] as number
      expect(Math.abs((means[row * 13 + column] as number) - sum / 64)).toBeLessThan(2)
    }
  }
})

// The encoder writes progressive JPEGs; their first scan alone is read, and begins after some 135 bytes.
it('gives nothing for what is cut or no JPEG, and ends whatever was done to the bytes', () => {
  for (let at = 0; at < 150; at++) expect(jpgBlockMeans(jpg.subarray(0, at))).toBeNull()
  expect(jpgBlockMeans(new Uint8Array(1000))).toBeNull()
  const random = randomFrom(5)
  for (let i = 0; i < 2000; i++) {
    const bytes = jpg.slice()
    for (let change = 0; change < 3; change++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
    const means = jpgBlockMeans(bytes)
    if (means) expect(means.length).toBeLessThanOrEqual(bytes.length * 8)
  }
})
