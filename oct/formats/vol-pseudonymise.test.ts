import { describe, expect, it } from 'vitest'
import { circularGrid, posteriorPoleGrid, smallContent } from '../../test/fuzz/small-vol.ts'
import { bytesSource, pseudonymisedVol, pseudonymiseVolHeader, readFrame, readVol, type VolContent, writeVol } from './vol.ts'

const versions = ['HSF-OCT-100', 'HSF-OCT-101', 'HSF-OCT-102', 'HSF-OCT-103', 'HSF-OCT-104'] as const

/** Offset and length of every field that may name somebody, and what fills the rest of the header. */
const identity: readonly [number, number][] = [
  [104, 16],
  [120, 16],
  [136, 4],
  [140, 24],
  [164, 8],
  [172, 4],
  [176, 24],
  [200, 8],
  [224, 34],
  [258, 1790],
]

function named(version: VolContent['version']): Uint8Array {
  const bytes = writeVol(smallContent('volume', { version, grids: [circularGrid, posteriorPoleGrid] }))
  for (const [offset, length] of identity) for (let i = 0; i < length; i++) bytes[offset + i] = 'MARKER'.charCodeAt(i % 6)
  return bytes
}

async function all(source: { size: number; read(offset: number, length: number): Promise<Uint8Array> }): Promise<Uint8Array> {
  return source.read(0, source.size)
}

describe.each(versions)('a pseudonymised copy of %s', (version) => {
  it('holds no identity and reads as the same scan', async () => {
    const original = named(version)
    const copy = await all(pseudonymisedVol(bytesSource(original)))
    expect(copy).toHaveLength(original.length)
    expect(Buffer.from(copy).includes('MARK')).toBe(false)
    for (const [offset, length] of identity) expect(copy.subarray(offset, offset + length).every((byte) => byte === 0)).toBe(true)
    const scan = await readVol(bytesSource(copy))
    expect(scan).toEqual(await readVol(bytesSource(original)))
    expect(await readFrame(bytesSource(copy), scan, 2)).toEqual(await readFrame(bytesSource(original), scan, 2))
    expect(Buffer.from(copy.subarray(0, 104)).equals(original.subarray(0, 104))).toBe(true)
    expect(Buffer.from(copy.subarray(2048)).equals(original.subarray(2048))).toBe(true)
  })
})

it('empties what a version before the grids has in their place', () => {
  const bytes = named('HSF-OCT-101')
  bytes.fill(77, 208, 224)
  expect(
    pseudonymiseVolHeader(bytes.subarray(0, 2048))
      .subarray(104)
      .every((byte) => byte === 0),
  ).toBe(true)
})

it('gives any range, whatever it begins and ends with, and leaves the source as it was', async () => {
  const original = named('HSF-OCT-103')
  const before = original.slice()
  const whole = await all(pseudonymisedVol(bytesSource(original)))
  const view = pseudonymisedVol(bytesSource(original))
  for (const [offset, length] of [
    [0, 12],
    [100, 50],
    [2040, 20],
    [2047, 1],
    [2048, 100],
    [0, 0],
    [original.length - 4, 4],
  ] as const) {
    expect(Buffer.from(await view.read(offset, length)).equals(whole.subarray(offset, offset + length))).toBe(true)
  }
  expect(original).toEqual(before)
})

it('refuses what is no RAW export: nothing of it is given out', async () => {
  await expect(pseudonymisedVol(bytesSource(new Uint8Array(4096).fill(65))).read(0, 4096)).rejects.toMatchObject({ code: 'invalid-file' })
  expect(() => pseudonymiseVolHeader(named('HSF-OCT-103').subarray(0, 2000))).toThrow(/ends at byte 2000/)
})

it('leaves the original as it was also where that is a view of other bytes', () => {
  class View extends Uint8Array {
    // As a Node Buffer does it.
    override slice(from?: number, to?: number) {
      return this.subarray(from, to)
    }
  }
  const original = named('HSF-OCT-103')
  const view = new View(original.length)
  view.set(original)
  const given = pseudonymiseVolHeader(view.subarray(0, 2048))
  expect(Uint8Array.from(view)).toEqual(original)
  expect(given).not.toEqual(original.slice(0, 2048))
})
