import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { writeDicom } from '../../oct/formats/dicom/write.ts'
import { readScan } from '../../oct/formats/index.ts'
import { bytesSource, readVol } from '../../oct/formats/vol.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { photograph, tomogram } from '../../test/formats/dicom-fixtures.ts'
import { pseudonymised, pseudonymisedDigest } from './pseudonymise.ts'

const vol = synthesise({ pattern: 'ring', laterality: 'OD', seed: 5, width: 32, height: 32 })
for (const offset of [104, 120, 140, 176]) vol.set(new TextEncoder().encode('PAT-4711'), offset)

const pieces = (bytes: Uint8Array, size: number) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size))
    })(),
    { objectMode: false },
  )
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')
const given = (bytes: Uint8Array, size = 1000, expected = { size: bytes.length, md5: md5(bytes) }) =>
  buffer(pseudonymised(pieces(bytes, size), expected))
const digestOf = (bytes: Uint8Array, size: number) => {
  const digest = pseudonymisedDigest()
  for (let at = 0; at < bytes.length; at += size) digest.update(bytes.subarray(at, at + size))
  return digest.digest()
}

describe('what an engine is given', () => {
  it.each([1, 7, 2048, 4096, 1e9])('loses the patient and nothing else, in pieces of %i bytes', async (size) => {
    const bytes = await given(vol, size)
    expect(bytes).toHaveLength(vol.length)
    expect(bytes.includes('PAT-4711')).toBe(false)
    expect(bytes.subarray(2048).equals(Buffer.from(vol.subarray(2048)))).toBe(true)
    expect(await readVol(bytesSource(bytes))).toEqual(await readVol(bytesSource(vol)))
    expect(digestOf(vol, size)).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('is every other file as it is', async () => {
    for (const bytes of [new TextEncoder().encode('hello'), new Uint8Array(5000).fill(7), new Uint8Array(0)]) {
      expect(new Uint8Array(await given(bytes))).toEqual(bytes)
      expect(digestOf(bytes, 1000)).toBeNull()
    }
  })

  it('is held against size and MD5 of the original', async () => {
    await expect(given(vol, 1000, { size: vol.length, md5: '0'.repeat(32) })).rejects.toMatchObject({ code: 'integrity' })
    await expect(given(vol, 1000, { size: vol.length + 1, md5: '' })).rejects.toMatchObject({ code: 'integrity' })
    await expect(given(vol, 1000, { size: vol.length - 1, md5: '' })).rejects.toMatchObject({ code: 'integrity' })
    expect(await given(vol, 1000, { size: vol.length, md5: '' })).toHaveLength(vol.length)
  })

  it('is emptied too where the export was cut inside its header', async () => {
    const bytes = await given(vol.subarray(0, 500))
    expect(bytes).toHaveLength(500)
    expect(bytes.includes('PAT-4711')).toBe(false)
  })
})

describe('a DICOM file for an engine', () => {
  const named = 'PAT-4711'
  const identity = { name: named, id: named, birthDate: named, accession: named, station: named, serial: named }
  const dicom = (syntax: 'explicit' | 'implicit' | 'big-endian' | 'deflated') => writeDicom(tomogram(2, { syntax, identity }))
  const scanOf = (bytes: Uint8Array) =>
    readScan([bytes, writeDicom(photograph())].map((each, index) => ({ name: `IM${index}`, source: bytesSource(each) })))

  it.each(['explicit', 'implicit', 'big-endian'] as const)('loses the patient and nothing else: %s', async (syntax) => {
    const original = dicom(syntax)
    expect(Buffer.from(original).includes(named)).toBe(true)
    for (const size of [500, 1e9]) {
      const bytes = await given(original, size)
      expect(bytes).toHaveLength(original.length)
      expect(bytes.includes(named)).toBe(false)
      expect(await scanOf(bytes)).toEqual(await scanOf(original))
      expect(digestOf(original, size)).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })

  it('is held against size and MD5 of the original', async () => {
    const original = dicom('explicit')
    await expect(given(original, 1000, { size: original.length, md5: '0'.repeat(32) })).rejects.toMatchObject({ code: 'integrity' })
    await expect(given(original, 1000, { size: original.length + 1, md5: '' })).rejects.toMatchObject({ code: 'integrity' })
  })

  it.each<[string, Uint8Array]>([
    ['is deflated', dicom('deflated')],
    ['was cut', dicom('explicit').slice(0, 901)],
  ])('is given to nobody where it %s', async (_what, bytes) => {
    const message = expect.stringMatching(/cannot be given to a container without the patient’s name/)
    await expect(given(bytes)).rejects.toMatchObject({ code: 'not-supported', message })
    expect(digestOf(bytes, 1000)).toBeNull()
  })
})

describe('a file that holds the name in its text', () => {
  const xml = '<?xml version="1.0" encoding="UTF-16"?><HEDX><BODY><Patient><LastName>Mustermann</LastName></Patient></BODY></HEDX>'
  it.each<[string, Uint8Array]>([
    ['XML', new TextEncoder().encode(xml.replace('UTF-16', 'UTF-8'))],
    ['XML of two bytes a letter', new Uint8Array(Buffer.from(`\ufeff${xml}`, 'utf16le'))],
    ['e2e', Uint8Array.from({ length: 5000 }, (_, i) => 'CMDb'.charCodeAt(i) || 0)],
  ])('is given to nobody: %s', async (_what, bytes) => {
    for (const size of [10, 1e9]) {
      const message = expect.stringMatching(/patient’s name.*RAW/)
      await expect(given(bytes, size)).rejects.toMatchObject({ code: 'not-supported', message })
      expect(digestOf(bytes, size)).toBeNull()
    }
  })
})
