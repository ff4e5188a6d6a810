import { beforeAll, describe, expect, it } from 'vitest'
import { rawPixels, readScan } from '../formats/index.ts'
import { type SynthOptions, synthesise } from '../synth/index.ts'
import { leastLikeness, register, type ScaledPicture } from './register.ts'

const sloOf = async (options: SynthOptions): Promise<ScaledPicture> => {
  const bytes = synthesise(options)
  const source = { size: bytes.length, read: async (offset: number, length: number) => bytes.subarray(offset, offset + length) }
  const { slo } = await readScan([{ name: '', source }])
  if (!slo) throw new Error('no SLO')
  return { width: slo.width, height: slo.height, spacing: slo.spacing, pixels: await rawPixels([source], slo.pixels) }
}

/** The picture as another acquisition would show it: shifted by px, turned by degrees, darker, with noise. */
function moved(picture: ScaledPicture, dx: number, dy: number, degrees: number): ScaledPicture {
  const { width, height } = picture
  const pixels = new Uint8Array(width * height)
  const angle = (degrees * Math.PI) / 180
  let seed = 7
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const px = x - (width - 1) / 2 - dx
      const py = y - (height - 1) / 2 - dy
      const column = Math.round(Math.cos(angle) * px + Math.sin(angle) * py + (width - 1) / 2)
      const row = Math.round(-Math.sin(angle) * px + Math.cos(angle) * py + (height - 1) / 2)
      const inside = column >= 0 && row >= 0 && column < width && row < height
      seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
      pixels[y * width + x] = inside ? (picture.pixels[row * width + column] ?? 0) * 0.6 + 20 + (seed / 2 ** 32) * 40 : 0
    }
  return { ...picture, pixels }
}

describe('one SLO over another', () => {
  let eye: ScaledPicture
  beforeAll(async () => {
    eye = await sloOf({ pattern: 'volume', laterality: 'OD', seed: 11, width: 256, height: 64, frames: 2 })
  })

  it('lies where it is when nothing moved', () => {
    const found = register(eye, eye)
    expect(found).toMatchObject({ aligned: true, turn: 0 })
    expect(found.likeness).toBeCloseTo(1, 5)
    expect(Math.hypot(found.shift.x, found.shift.y)).toBeLessThan(0.001)
  })

  it.each([
    [30, -18, 0],
    [-40, 22, 3],
    [75, 40, -5],
  ])('finds a shift of %i, %i px and a turn of %i degrees to 0.02 mm and half a degree', (dx, dy, degrees) => {
    const found = register(moved(eye, dx, dy, degrees), eye)
    expect(found.aligned).toBe(true)
    expect(Math.abs(found.turn - degrees)).toBeLessThanOrEqual(0.5)
    expect(Math.abs(found.shift.x - dx * eye.spacing.x)).toBeLessThan(0.02)
    expect(Math.abs(found.shift.y - dy * eye.spacing.y)).toBeLessThan(0.02)
  })

  it('is not misled by the light', async () => {
    const dim = await sloOf({ pattern: 'volume', laterality: 'OD', seed: 11, width: 256, height: 64, frames: 2, fault: 'badly-lit' })
    const found = register(eye, dim)
    expect(found.aligned).toBe(true)
    expect(Math.hypot(found.shift.x, found.shift.y)).toBeLessThan(0.03)
  })

  it('finds a ring scan’s picture on a macula scan’s', async () => {
    const ring = await sloOf({ pattern: 'ring', laterality: 'OD', seed: 11, width: 256, height: 64 })
    expect(register(ring, eye)).toMatchObject({ aligned: true })
  })

  it.each([21, 31, 41, 51])('says that another eye is not aligned (%i)', async (seed) => {
    const other = await sloOf({ pattern: 'volume', laterality: 'OD', seed, width: 256, height: 64, frames: 2 })
    const found = register(eye, other)
    expect(found.likeness).toBeLessThan(leastLikeness)
    expect(found.aligned).toBe(false)
  })

  it('says so of a picture with nothing in it', () => {
    const flat = { ...eye, pixels: new Uint8Array(eye.width * eye.height).fill(90) }
    expect(register(eye, flat)).toMatchObject({ aligned: false })
    expect(register(flat, flat)).toMatchObject({ aligned: false })
  })

  it('takes pictures of different size and scale', () => {
    const half = Math.floor(eye.width / 2)
    const small: ScaledPicture = {
      width: half,
      height: half,
      spacing: { x: eye.spacing.x * 2, y: eye.spacing.y * 2 },
      pixels: Uint8Array.from({ length: half * half }, (_, i) => eye.pixels[Math.floor(i / half) * 2 * eye.width + (i % half) * 2] ?? 0),
    }
    const found = register(eye, small)
    expect(found.aligned).toBe(true)
    expect(Math.hypot(found.shift.x, found.shift.y)).toBeLessThan(0.05)
  })

  it('counts in px where a scale is missing', () => {
    const found = register({ ...moved(eye, 12, 0, 0), spacing: { x: 0, y: 0 } }, eye)
    expect(found.shift.x).toBeCloseTo(12, 0)
  })
})
