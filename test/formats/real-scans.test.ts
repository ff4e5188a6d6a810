/** The real scans SCANSIDE_TEST_DATA points at. Without it nothing of them is claimed: generated scans stand in vol.test.ts. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decodePixels } from '../../oct/formats/decode.ts'
import { rawPixels, readScan } from '../../oct/formats/index.ts'
import { bytesSource, readFrame } from '../../oct/formats/vol.ts'
import { createNodeCodecs } from '../support/codecs.ts'

const folder = process.env.SCANSIDE_TEST_DATA ? join(process.env.SCANSIDE_TEST_DATA, 'oct') : null
const set = (name: string) => {
  const source = bytesSource(new Uint8Array(readFileSync(join(folder ?? '', name))))
  return [{ name, source }]
}

if (folder) {
  it('are where the variable says', () => {
    for (const name of ['ring-od.vol', 'line-od.vol', 'inconsistent.vol']) expect(existsSync(join(folder, name)), name).toBe(true)
  })

  it('the ring: radius 1.80 mm, and 2 pi r is its width times its spacing', async () => {
    const scan = await readScan(set('ring-od.vol'))
    expect(scan).toMatchObject({ format: 'heidelberg-vol', pattern: 'ring', laterality: 'OD', width: 768, height: 496 })
    const location = scan.frames[0]?.location
    if (location?.kind !== 'ring') throw new Error('the ring is no ring')
    expect(location.radius).toBeCloseTo(1.8, 2)
    const around = 2 * Math.PI * location.radius
    expect(Math.abs(around / (scan.width * scan.spacing.lateral) - 1)).toBeLessThan(0.001)
    expect(scan.frames[0]?.quality).toBeCloseTo(31.3, 1)
    expect(scan.frames[0]?.layers.map(({ name }) => name)).toEqual(expect.arrayContaining(['ILM', 'BM', 'RNFL']))
  })

  it('the line: across the fovea, right eye', async () => {
    const scan = await readScan(set('line-od.vol'))
    expect(scan).toMatchObject({ pattern: 'line', laterality: 'OD', width: 768, height: 496 })
    expect(scan.frames[0]?.location.kind).toBe('line')
    expect(scan.frames[0]?.quality).toBeCloseTo(44.6, 1)
  })

  for (const name of ['ring-od.vol', 'line-od.vol']) {
    it(`${name}: what is shown is the file's reflectivity to the power of a quarter, pixel for pixel`, async () => {
      const files = set(name)
      const scan = await readScan(files)
      const frame = scan.frames[0]
      if (!frame) throw new Error('no B-scan')
      const sources = files.map(({ source }) => source)
      const shown = await decodePixels(frame.pixels.coding, await rawPixels(sources, frame.pixels), frame, createNodeCodecs())
      const linear = await readFrame(sources[0] as (typeof sources)[number], scan, 0)
      const wrong = linear.findIndex((value, i) => shown[i] !== (value > 0 ? Math.round(255 * Math.min(1, value) ** 0.25) : 0))
      expect(wrong).toBe(-1)
    })
  }

  it('the file that contradicts itself is refused, with the reason', async () => {
    await expect(readScan(set('inconsistent.vol'))).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(/contradicts itself|61440/),
    })
  })
} else {
  it('are not at hand: SCANSIDE_TEST_DATA is not set, so generated scans speak alone', () => {
    console.log('!!! The real scans were not read: SCANSIDE_TEST_DATA is not set.')
    expect(process.env.SCANSIDE_TEST_DATA ?? '').toBe('')
  })
}
