/** DICOM that is not read: told in words that name the tag or the byte. Whatever is cut, altered or hostile ends in a scan or a ScansideError. */
import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { concat, type ElementOut, elementHeader, item } from '../../oct/formats/dicom/encode.ts'
import { readDicom } from '../../oct/formats/dicom/read.ts'
import { type DicomContent, writeDicom } from '../../oct/formats/dicom/write.ts'
import { readableSources } from '../../oct/formats/index.ts'
import { bytesSource } from '../../oct/formats/vol.ts'
import type { Scan } from '../../oct/scan.ts'
import { enFace, photograph, picture, set, tomogram } from './dicom-fixtures.ts'

const read = (bytes: Uint8Array): Promise<Scan> => readDicom([{ name: 'a', source: bytesSource(bytes) }], [0])

async function refusal(content: DicomContent | Uint8Array): Promise<ScansideError> {
  const error = await readDicom(set(content), [0]).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ScansideError)
  return error as ScansideError
}

/** A file whose data set begins with these bytes. */
function beginning(...chunks: Uint8Array[]): Uint8Array {
  const whole = writeDicom(tomogram(1))
  const start = 144 + new DataView(whole.buffer).getUint32(140, true)
  return concat([whole.subarray(0, start), ...chunks, whole.subarray(start)])
}

describe('what is not read is told', () => {
  it.each([
    ['1.2.840.10008.5.1.4.1.1.2', /no OCT scan but a CT image/],
    ['1.2.840.10008.5.1.4.1.1.77.1.5.8', /an analysis of a B-scan volume/],
    ['1.2.840.10008.1.3.10', /DICOMDIR/],
    ['1.2.840.10008.5.1.4.1.1.9999', /of the class 1\.2\.840\.10008\.5\.1\.4\.1\.1\.9999/],
  ])('the class %s', async (uid, words) => {
    const bytes = writeDicom(tomogram(1))
    const error = await refusal(replaceMeta(bytes, '1.2.840.10008.5.1.4.1.1.77.1.5.4', uid))
    expect(error).toMatchObject({ code: 'not-supported', message: expect.stringMatching(words) })
  })

  it('a photograph alone', async () => {
    expect(await refusal(photograph())).toMatchObject({ code: 'not-supported', message: expect.stringMatching(/no OCT scan/) })
    expect(await refusal(enFace())).toMatchObject({ code: 'not-supported' })
  })

  it('an unknown transfer syntax', async () => {
    const error = await refusal(replaceMeta(writeDicom(tomogram(1, { syntax: 'htj2k', encode: () => new Uint8Array(9) })), '.4.203', '.4.102'))
    expect(error).toMatchObject({ code: 'not-supported', details: { tag: '(0002,0010)' } })
    expect(error.message).toContain('1.2.840.10008.1.2.4.102')
  })

  it("Zeiss' scrambled frames, and why; but not its frames that are as they should be", async () => {
    const scrambled = tomogram(1, {
      syntax: 'jpeg-2000-lossless',
      manufacturer: 'Carl Zeiss Meditec',
      encode: () => Uint8Array.of(0xa5, 0x4f, 0xff, 0x51, 1, 2, 3, 4),
    })
    const error = await refusal(scrambled)
    expect(error).toMatchObject({ code: 'not-supported', details: { tag: '(7FE0,0010)' } })
    expect(error.message).toMatch(/Carl Zeiss Meditec, scrambled.*without its proprietary encoding/)
    for (const start of [
      [0xff, 0x4f, 0xff, 0x51],
      [0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20],
    ]) {
      expect((await readDicom(set({ ...scrambled, encode: () => Uint8Array.from([...start, 0, 0]) }), [0])).frames).toHaveLength(1)
    }
  })

  const odd: [string, ElementOut[], string][] = [
    ['colour', [[0x00280002, 'US', [3]]], '(0028,0004)'],
    ['a palette', [[0x00280004, 'CS', 'PALETTE COLOR']], '(0028,0004)'],
    ['signed values', [[0x00280103, 'US', [1]]], '(0028,0103)'],
    ['32 bits', [[0x00280100, 'US', [32]]], '(0028,0100)'],
    ['high bits', [[0x00280102, 'US', [6]]], '(0028,0102)'],
    ['more bits than there are', [[0x00280101, 'US', [12]]], '(0028,0101)'],
    ['no width', [[0x00280011, 'US', []]], '(0028,0011)'],
    ['too wide', [[0x00280011, 'US', [65_535]]], '(0028,0011)'],
    ['2 147 483 648 frames', [[0x00280008, 'IS', '2147483648']], '(0028,0008)'],
    ['-1 frames', [[0x00280008, 'IS', '-1']], '(0028,0008)'],
    ['frames in words', [[0x00280008, 'IS', 'many']], '(0028,0008)'],
    ['two and a half frames', [[0x00280008, 'IS', '2.5']], '(0028,0008)'],
    ['9999 frames in a file of one', [[0x00280008, 'IS', '9999']], ''],
    ['rows that need more than there is', [[0x00280010, 'US', [9999]]], ''],
  ]
  it.each(odd)('%s', async (_, extra, tag) => {
    const error = await refusal(tomogram(1, { extra }))
    expect(['invalid-file', 'not-supported']).toContain(error.code)
    if (tag) expect(error.details).toMatchObject({ tag })
    else expect(error.details).toHaveProperty('offset')
  })

  it('JPEG of 12 bits', async () => {
    const error = await refusal(tomogram(1, { syntax: 'jpeg-extended', allocated: 16, stored: 12, encode: () => new Uint8Array(9) }))
    expect(error).toMatchObject({ code: 'not-supported', message: expect.stringMatching(/JPEG of 12 bits/) })
  })

  it('fewer compressed frames than named', async () => {
    const error = await refusal(tomogram(3, { syntax: 'rle', extra: [[0x00280008, 'IS', '7']] }))
    expect(error.message).toMatch(/fewer pictures than the 7/)
  })
})

describe('hostile files', () => {
  it('nested ten thousand deep, with and without lengths', async () => {
    const open = concat([elementHeader(0x52009229, 'SQ', 0xffffffff, true, true), item(0xfffee000, 0xffffffff)])
    const skipped = concat([elementHeader(0x00091001, 'SQ', 0xffffffff, true, true), item(0xfffee000, 0xffffffff)])
    for (const opener of [open, skipped]) {
      const error = await refusal(beginning(...Array.from({ length: 10_000 }, () => opener)))
      expect(error.message).toMatch(/nested deeper/)
    }
  })

  it('a value of 4 gigabytes, a name of 2 megabytes, millions of elements', async () => {
    expect((await refusal(beginning(elementHeader(0x00080070, 'UN', 0xfffffff0, true, true)))).message).toMatch(/claims 4294967280 bytes/)
    const name = beginning(elementHeader(0x00080070, 'UT', 2_000_000, true, true), new Uint8Array(2_000_000))
    expect((await refusal(name)).message).toMatch(/claims 2000000 bytes/)
    const empty = elementHeader(0x00090001, 'LO', 0, true, true)
    const many = new Uint8Array(empty.length * 1_100_000)
    for (let at = 0; at < many.length; at += empty.length) many.set(empty, at)
    expect((await refusal(beginning(many))).message).toMatch(/more elements than any device writes/)
  })

  it('deflated to a bomb, and a deflated one cut off', async () => {
    const bomb = writeDicom(tomogram(1, { syntax: 'deflated', extra: [[0x00091001, 'OB', new Uint8Array(70 * 1024 * 1024)]] }))
    expect(bomb.byteLength).toBeLessThan(200_000)
    expect(await refusal(bomb)).toMatchObject({ code: 'not-supported', message: expect.stringMatching(/export it uncompressed/) })
    const good = writeDicom(tomogram(2, { syntax: 'deflated' }))
    for (let length = 400; length < good.length - 8; length += 97) {
      const files = [{ name: 'a', source: bytesSource(good.subarray(0, length)) }]
      expect((await refusal(good.subarray(0, length))).code).toBe('invalid-file')
      await expect(readableSources(files, { deflated: [0] })).rejects.toBeInstanceOf(ScansideError)
    }
  })

  const small: [string, DicomContent][] = [
    ['plain', tomogram(2)],
    ['implicit', tomogram(2, { syntax: 'implicit' })],
    ['big-endian', tomogram(2, { syntax: 'big-endian' })],
    ['deflated', tomogram(2, { syntax: 'deflated' })],
    ['compressed', tomogram(3, { syntax: 'rle', fragments: 2 })],
    [
      'extended offsets',
      tomogram(3, { syntax: 'jpeg-ls', fragments: 2, offsets: 'extended', encode: (pixels) => pixels.slice(0, 40) as Uint8Array }),
    ],
  ]

  it.each(small)('%s, cut at every seventh byte', async (_, content) => {
    const bytes = writeDicom(content)
    for (let length = 132; length < bytes.length; length += 7) await settles(bytes.subarray(0, length))
  })

  it.each(small)('%s, altered at every eleventh byte of its header', async (_, content) => {
    const bytes = writeDicom({ ...content, frame: () => picture(8) })
    const end = Math.min(bytes.length, 6000)
    for (let at = 132; at < end; at += 11) {
      const mutant = bytes.slice()
      mutant[at] = (mutant[at] as number) ^ (at % 2 === 0 ? 0xff : 0x81)
      await settles(mutant)
    }
  })
})

async function settles(bytes: Uint8Array): Promise<void> {
  try {
    const scan = await read(bytes)
    expect(scan.frames.length).toBeGreaterThan(0)
    for (const { pixels } of scan.frames) {
      if (!scan.deflated) for (const { offset, length } of pixels.parts) expect(offset + length).toBeLessThanOrEqual(bytes.length)
    }
  } catch (error) {
    expect(error).toBeInstanceOf(ScansideError)
  }
}

/** The same file with another UID of at most the same length in its meta information. */
function replaceMeta(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const at = String.fromCharCode(...bytes.subarray(0, 400)).indexOf(from)
  const copy = bytes.slice()
  for (let i = 0; i < from.length; i++) copy[at + i] = to.charCodeAt(i) || 0
  return copy
}
