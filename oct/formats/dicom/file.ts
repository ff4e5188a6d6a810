/** One DICOM file of a set: what it is, its header, and its pictures' places and coding. */
import { ScansideError } from '../../errors.ts'
import type { ByteRange, ByteSource, NamedSource, PixelCoding } from '../../scan.ts'
import { readExactly } from '../bytes.ts'
import { classKind, type Kind } from './classes.ts'
import { type Dataset, knownSyntax, type PixelElement, readDataset, readMeta, type Spent } from './dataset.ts'
import { inflated } from './deflated.ts'
import { beginsJpeg2000, locateFrames } from './pixel-data.ts'
import type { TransferSyntax } from './syntaxes.ts'
import { tag, tagName } from './tags.ts'
import { number, numbers, text } from './values.ts'

export interface DicomFile {
  /** Number in the set */
  index: number
  kind: Kind
  /** In its inflated form where it is deflated. */
  source: ByteSource
  syntax: TransferSyntax
  dataset: Dataset
  pixels?: PixelElement
}

export interface Pictures {
  width: number
  height: number
  coding: PixelCoding
  /** The byte ranges of each frame */
  frames: ByteRange[][]
  lossy: boolean
}

const limits = { side: 10_000, pixels: 40_000_000, frames: 10_000 }

/** What a file is; its SOP class where it is none of those read here. Its data set is read only where the file meta information leaves it out. */
export async function kindOf({ source }: NamedSource, spent: Spent): Promise<Kind | { other: string }> {
  const meta = await readMeta(source)
  let sopClass = meta.sopClass
  if (sopClass === '') {
    const syntax = knownSyntax(meta.syntax)
    if (!syntax.deflated) sopClass = text((await readDataset(source, syntax, meta.offset, spent)).dataset, tag.sopClass)
  }
  return classKind(sopClass) ?? { other: sopClass }
}

/** Reads the header of a file of a known kind. */
export async function openFile(file: NamedSource, index: number, kind: Kind, spent: Spent): Promise<DicomFile> {
  const meta = await readMeta(file.source)
  const syntax = knownSyntax(meta.syntax)
  const source = syntax.deflated ? await inflated(file.source, spent) : file.source
  return { index, kind, source, syntax, ...(await readDataset(source, syntax, meta.offset, spent)) }
}

/** Frames the header names; 1 where it names none. */
export function frameCount(file: DicomFile): number {
  const written = text(file.dataset, tag.frames)
  const frames = number(file.dataset, tag.frames) ?? (written === '' ? 1 : Number.NaN)
  if (!Number.isInteger(frames) || frames < 1 || frames > limits.frames)
    throw wrong(tag.frames, Number.isFinite(frames) ? `names ${frames} pictures` : 'names no number of pictures')
  return frames
}

/**
 * Where the pictures lie and how they are coded.
 * @throws ScansideError invalid-file where the header contradicts itself or the file, not-supported for what cannot be shown
 */
export async function readPictures(file: DicomFile): Promise<Pictures> {
  const { dataset, source, syntax } = file
  const [width, height] = [number(dataset, tag.columns) ?? 0, number(dataset, tag.rows) ?? 0]
  if (width < 1 || width > limits.side) throw wrong(tag.columns, `names a width of ${width} pixels`)
  if (height < 1 || height > limits.side || width * height > limits.pixels) throw wrong(tag.rows, `names a height of ${height} pixels`)
  const coding = codingOf(file)
  if (file.pixels === undefined) throw wrong(tag.pixels, 'holds no pictures')
  if (file.syntax.bigEndian && coding.allocated === 8 && file.pixels.vr === 'OW') {
    throw unsupported(tag.pixels, 'with their bytes swapped in pairs')
  }
  const frames = await locateFrames(
    source,
    file.pixels,
    { width, height, frames: frameCount(file), allocated: coding.allocated, extended: numbers(dataset, tag.extendedOffsets) },
    syntax.compression,
  )
  await refuseScrambled(file, frames)
  const word = text(dataset, tag.lossy)
  const lossy = syntax.lossy === 'always' || word === '01' || (syntax.lossy === 'maybe' && word !== '00')
  return { width, height, coding, frames, lossy }
}

/** True for a grey picture: colour has no place in the model. */
export function isGrey(file: DicomFile): boolean {
  return (number(file.dataset, tag.samples) ?? 1) === 1 && /^MONOCHROME[12]$/.test(text(file.dataset, tag.photometric))
}

function codingOf(file: DicomFile): Extract<PixelCoding, { kind: 'stored' }> {
  const { dataset, syntax } = file
  const photometric = text(dataset, tag.photometric)
  const allocated = number(dataset, tag.allocated)
  const bits = number(dataset, tag.stored) ?? allocated ?? 0
  if (!isGrey(file)) throw unsupported(tag.photometric, 'in colour')
  if (allocated !== 8 && allocated !== 16) throw unsupported(tag.allocated, `with ${allocated ?? 0} bits for each pixel`)
  if (!Number.isInteger(bits) || bits < 1 || bits > allocated) throw wrong(tag.stored, `names ${bits} of ${allocated} bits`)
  if ((number(dataset, tag.highBit) ?? bits - 1) !== bits - 1) throw unsupported(tag.highBit, 'with their grey values in other bits than the lowest')
  if ((number(dataset, tag.signed) ?? 0) !== 0) throw unsupported(tag.signed, 'with negative grey values')
  if (syntax.compression === 'jpeg' && (allocated !== 8 || bits > 8)) throw unsupported(tag.stored, `as JPEG of ${bits} bits`)
  return { kind: 'stored', compression: syntax.compression, allocated, bits, bigEndian: syntax.bigEndian, inverted: photometric === 'MONOCHROME1' }
}

/** Zeiss devices scramble their JPEG 2000 frames on purpose: that is told, and left as it is. */
async function refuseScrambled(file: DicomFile, frames: readonly ByteRange[][]): Promise<void> {
  if (file.syntax.compression !== 'jpeg-2000' || !/^carl zeiss meditec/i.test(text(file.dataset, tag.manufacturer))) return
  const first = frames[0]?.[0]
  if (first === undefined || beginsJpeg2000(await readExactly(file.source, first.offset, Math.min(first.length, 12)))) return
  throw new ScansideError(
    'not-supported',
    'The manufacturer, Carl Zeiss Meditec, scrambled the pictures in this DICOM file, so that no other program can show them. Nothing was changed; ' +
      'export the scan from the device without its proprietary encoding, or ask Zeiss for such an export.',
    { tag: tagName(tag.pixels), offset: first.offset },
  )
}

function wrong(number: number, what: string): ScansideError {
  return new ScansideError(
    'invalid-file',
    `The DICOM header's element ${tagName(number)} ${what}, which cannot be. Nothing was changed; export the scan again from the device.`,
    { tag: tagName(number) },
  )
}

function unsupported(number: number, how: string): ScansideError {
  return new ScansideError(
    'not-supported',
    `The pictures in this DICOM file are kept ${how} (element ${tagName(number)}), which Scanside cannot show. Nothing was changed; ` +
      'export the scan as grey pictures of 8 or 16 bits.',
    { tag: tagName(number) },
  )
}
