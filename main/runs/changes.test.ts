import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { writeDicom } from '../../oct/formats/dicom/write.ts'
import { writeE2e } from '../../oct/formats/e2e/write.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { photograph, tomogram } from '../../test/formats/dicom-fixtures.ts'
import { xmlFixtures } from '../../test/fuzz/fixtures-xml.ts'
import { smallE2e } from '../../test/fuzz/small-e2e.ts'
import type { ArchiveFile } from '../archive/archive.ts'
import { applyChanges, changesBetween, changesOf, maxChanges } from './changes.ts'
import { pseudonymised } from './pseudonymise.ts'

/** Numbers below `below`, the same at every run of the tests. */
const numbers = (seed: number) => (below: number) => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed % below
}
const { signal } = new AbortController()
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')
const fileOf = (bytes: Uint8Array): ArchiveFile => ({ uri: '/data/f', name: 'Mustermann.x', resource: 'R', size: bytes.length, md5: md5(bytes) })

/** An archive of one file, which counts what is read of it. */
const holding = (bytes: Uint8Array, pieceBytes = 1_000) => {
  const seen = { bytes: 0 }
  const read = async () =>
    Readable.from(
      (function* () {
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          const piece = Buffer.from(bytes.subarray(at, at + pieceBytes))
          seen.bytes += piece.length
          yield piece
        }
      })(),
      { objectMode: false, highWaterMark: 1 },
    )
  return { archive: { read }, seen }
}

describe('fills between two files', () => {
  it('turn the one into the other, whatever they are', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const next = numbers(seed)
      const original = Uint8Array.from({ length: next(400) }, () => next(4))
      const given = Uint8Array.from(original)
      for (let fills = next(8); fills > 0 && given.length > 0; fills--) {
        const from = next(given.length)
        given.fill(next(4), from, from + next(60))
      }
      const changes = changesBetween(original, given) ?? []
      expect(applyChanges(original, changes)).toEqual(given)
      let end = 0
      for (const { offset, length } of changes) {
        expect(offset).toBeGreaterThanOrEqual(end)
        expect(length).toBeGreaterThan(0)
        // Every fill begins and ends with a byte that it changes.
        expect(original[offset]).not.toBe(given[offset])
        expect(original[offset + length - 1]).not.toBe(given[offset + length - 1])
        end = offset + length
      }
    }
  })

  it('are none of equal files, and cannot be told of other lengths or of a file written anew', () => {
    const bytes = Uint8Array.from({ length: 3_000 }, (_, i) => i % 251)
    expect(changesBetween(bytes, bytes)).toEqual([])
    expect(changesBetween(bytes, bytes.subarray(1))).toBeNull()
    const other = bytes.map((value, i) => (i % 2 === 0 && i < 2 * (maxChanges + 1) ? 252 + (i % 4) : value))
    expect(changesBetween(bytes, other)).toBeNull()
  })
})

const patient = 'PAT-4711'
const vol = synthesise({ pattern: 'ring', laterality: 'OD', seed: 5, width: 32, height: 32 })
for (const offset of [104, 120, 140, 176]) vol.set(new TextEncoder().encode(patient), offset)
const identity = { name: patient, id: patient, birthDate: patient, accession: patient, station: patient, serial: patient }

describe('what a machine takes out of the original', () => {
  const dicoms = (['explicit', 'implicit', 'big-endian'] as const).map((syntax): [string, Uint8Array] => [
    `DICOM, ${syntax}`,
    writeDicom(tomogram(2, { syntax, identity })),
  ])
  it.each<[string, Uint8Array]>([
    ['a RAW export', vol],
    ['a RAW export cut inside its header', vol.subarray(0, 500)],
    ...dicoms,
    ['a DICOM photograph', writeDicom(photograph())],
    ['another file', Uint8Array.from({ length: 9_000 }, (_, i) => i % 200)],
    ['an empty file', new Uint8Array(0)],
  ])('leaves what an engine at the desk is given: %s', async (_what, bytes) => {
    for (const size of [7, 1_000, 1e9]) {
      const changes = await changesOf(holding(bytes, size).archive, fileOf(bytes), signal)
      const given = await buffer(pseudonymised(Readable.from([Buffer.from(bytes)], { objectMode: false }), fileOf(bytes)))
      expect(Buffer.from(applyChanges(bytes, changes ?? [])).equals(given)).toBe(true)
      expect(given.includes(patient)).toBe(false)
    }
  })

  it('is told of every picture beside an export', async () => {
    let pictures = 0
    for (const { files } of await xmlFixtures()) {
      for (const { name, bytes } of files) {
        if (/\.xml$/i.test(name)) continue
        const given = await buffer(pseudonymised(Readable.from([Buffer.from(bytes)], { objectMode: false }), fileOf(bytes))).catch(() => null)
        if (!given) continue
        const changes = await changesOf(holding(bytes).archive, fileOf(bytes), signal)
        expect(changes).not.toBeNull()
        expect(Buffer.from(applyChanges(bytes, changes ?? [])).equals(given)).toBe(true)
        pictures++
      }
    }
    expect(pictures).toBeGreaterThan(0)
  })

  it('is known from the header of a RAW export alone, and from the beginning of what is given as it is', async () => {
    const large = new Uint8Array(2_000_000)
    large.set(vol.subarray(0, 2_048))
    for (const bytes of [large, new Uint8Array(2_000_000).fill(7)]) {
      const { archive, seen } = holding(bytes, 1_024)
      expect(await changesOf(archive, fileOf(bytes), signal)).not.toBeNull()
      expect(seen.bytes).toBeLessThan(10_000)
    }
  })

  it('is refused where the name is in the text, and where the original is not the one listed', async () => {
    const e2e = writeE2e(smallE2e())
    const xml = new TextEncoder().encode('<?xml version="1.0"?><HEDX><BODY><Patient><LastName>Mustermann</LastName></Patient></BODY></HEDX>')
    for (const bytes of [e2e, xml]) {
      await expect(changesOf(holding(bytes).archive, fileOf(bytes), signal)).rejects.toMatchObject({ code: 'not-supported' })
    }
    const dicom = dicoms[0]?.[1] ?? vol
    await expect(changesOf(holding(dicom).archive, { ...fileOf(dicom), md5: '0'.repeat(32) }, signal)).rejects.toMatchObject({ code: 'integrity' })
  })
})
