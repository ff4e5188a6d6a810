import { expect, test } from 'vitest'
import { createNodeCodecs } from '../../../test/support/codecs.ts'
import { encodeJpegLossless } from './jpeg-lossless-write.ts'

test.each([8, 12, 16])('lossless JPEG of %i bits comes back pixel for pixel', async (bits) => {
  const [width, height] = [41, 23]
  const values = Array.from({ length: width * height }, (_, i) => (i * i * 7919 + (i % 5) * 131) % 2 ** bits)
  const pixels = bits > 8 ? Uint16Array.from(values) : Uint8Array.from(values)
  const decoded = await createNodeCodecs().decode('jpeg-lossless', encodeJpegLossless(pixels, { width, height, bits }), { width, height })
  expect(decoded).toMatchObject({ width, height, samples: 1, bits })
  expect([...decoded.pixels]).toEqual([...pixels])
})
