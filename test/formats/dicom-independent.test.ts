/** Another reader's word: what dicom-parser finds in written files is what Scanside's own reader finds. */
import { type DataSet, parseDicom, readEncapsulatedImageFrame } from 'dicom-parser'
import { describe, expect, it } from 'vitest'
import type { SyntaxName } from '../../oct/formats/dicom/syntaxes.ts'
import { type DicomContent, writeDicom } from '../../oct/formats/dicom/write.ts'
import { rawPixels, readScan } from '../../oct/formats/index.ts'
import { height, lateral, picture, set, sloUid, tomogram, width } from './dicom-fixtures.ts'

const frames = 4

function item(dataSet: DataSet | undefined, tag: string, index = 0): DataSet | undefined {
  return dataSet?.elements[tag]?.items?.[index]?.dataSet
}

function frameBytes(bytes: Uint8Array, dataSet: DataSet, index: number): Uint8Array {
  const pixels = dataSet.elements.x7fe00010
  if (pixels === undefined) throw new RangeError('no pixel data')
  if (pixels.encapsulatedPixelData) return Uint8Array.from(readEncapsulatedImageFrame(dataSet, pixels, index))
  const length = pixels.length / frames
  return bytes.slice(pixels.dataOffset + index * length, pixels.dataOffset + (index + 1) * length)
}

describe('dicom-parser agrees', () => {
  const tries: [string, Partial<DicomContent>][] = [
    ...(['explicit', 'implicit', 'big-endian', 'rle'] satisfies SyntaxName[]).flatMap((syntax) =>
      [8, 16].map((bits): [string, Partial<DicomContent>] => [`${syntax}, ${bits} bits`, { syntax, allocated: bits as 8 | 16 }]),
    ),
    ['fragments', { syntax: 'rle', fragments: 3 }],
    ['undefined lengths', { open: true }],
    ['undefined lengths, implicit', { open: true, syntax: 'implicit' }],
  ]
  it.each(tries)('%s', async (_, more) => {
    const content = tomogram(frames, { ...more, frame: (index) => picture(more.allocated ?? 8, index) })
    const bytes = writeDicom(content)
    const theirs = parseDicom(bytes)
    const files = set(bytes)
    const ours = await readScan(files)
    expect([theirs.uint16('x00280011'), theirs.uint16('x00280010'), theirs.intString('x00280008')]).toEqual([width, height, frames])
    const measures = item(item(theirs, 'x52009229'), 'x00289110')
    expect([measures?.floatString('x00280030', 0), measures?.floatString('x00280030', 1)]).toEqual([ours.spacing.axial, ours.spacing.lateral])
    expect(ours.spacing.lateral).toBe(lateral)
    for (const [index, frame] of ours.frames.entries()) {
      const sources = files.map(({ source }) => source)
      expect(await rawPixels(sources, frame.pixels)).toEqual(frameBytes(bytes, theirs, index))
      const place = item(item(theirs, 'x52009230', index), 'x00220031')
      expect(place?.string('x00081155')).toBe(sloUid)
      const at = (value: number) => place?.float('x00220032', value) ?? Number.NaN
      const scale = content.reference?.spacing.x ?? 0
      expect(frame.location).toEqual({
        kind: 'line',
        start: { x: expect.closeTo(at(1) * scale, 4), y: expect.closeTo(at(0) * scale, 4) },
        end: { x: expect.closeTo(at(3) * scale, 4), y: expect.closeTo(at(2) * scale, 4) },
      })
    }
  })
})
