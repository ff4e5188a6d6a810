/** What every damaged file must end in: a scan that holds what it says, or a refusal that a person can act on, within bounds. */
import { ScansideError } from '../../oct/errors.ts'
import { bytesSource } from '../../oct/formats/bytes.ts'
import type { Codecs } from '../../oct/formats/decode.ts'
import { decodePixels } from '../../oct/formats/decode.ts'
import { rawPixels, readableSources, readScan } from '../../oct/formats/index.ts'
import { type ByteSource, type NamedSource, type PixelRef, type Scan, scanRemarks } from '../../oct/scan.ts'
import type { Allocations } from './allocations.ts'
import type { Fixture } from './mutate.ts'

export interface Verdict {
  end: 'scan' | 'refused' | 'failed'
  /** What was wrong, or how it was refused. */
  why: string
  /** Bytes of array memory that reading (or decoding) asked for beyond the files' size, or held at once where that was weighed; growth of WebAssembly. */
  allocated: number
  grown: number
  /** bytes read for the scan's metadata, as a part of the files' size */
  read: number
}

const mebi = 1024 * 1024

/** The bounds, for one scan whose files have `size` bytes together. Each is a number of things done, never a time. */
export const bounds = {
  reads: (size: number) => 20_000 + size / 16,
  read: (size: number) => 4 * size + 8 * mebi,
  /** of what is held at once, beyond the files themselves */
  held: 64 * mebi,
  /** of everything ever asked for, freed or not */
  allocated: (size: number) => 8 * size + 256 * mebi,
  wasm: 64 * mebi,
  side: 10_000,
} as const

/** A broken promise: what failed, apart from errors that escaped. */
class Broken extends Error {}

function hold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Broken(what)
}

/**
 * Reads a set of files as the application does, then decodes the first and the last B-scan, the SLO and the pictures beside it. Where more memory
 * was asked for than may be held at once, once more with what is held being weighed.
 */
export async function judge(files: Fixture, codecs: Codecs, allocations: Allocations): Promise<Verdict> {
  const verdict = await judgeOnce(files, codecs, allocations)
  if (verdict.end === 'failed' || verdict.allocated <= bounds.held) return verdict
  allocations.weigh(true)
  const weighed = await judgeOnce(files, codecs, allocations)
  allocations.weigh(false)
  return weighed
}

async function judgeOnce(files: Fixture, codecs: Codecs, allocations: Allocations): Promise<Verdict> {
  const size = files.files.reduce((sum, file) => sum + file.bytes.byteLength, 0)
  const counted = { reads: 0, bytes: 0 }
  const sources: NamedSource[] = files.files.map(({ name, bytes }) => ({ name, source: countingSource(bytes, counted) }))
  const most = { allocated: 0, grown: 0, read: 0 }
  /** One step's refusal, or null where it came to its end; its cost counts against the bounds either way. */
  const step = async (run: () => Promise<unknown>, namesPlace: boolean): Promise<string | null> => {
    allocations.reset()
    let refusal: string | null = null
    try {
      await run()
    } catch (error) {
      refusal = refusalOf(error, namesPlace)
    }
    const weighed = allocations.heaviest()
    most.allocated = Math.max(most.allocated, weighed ?? allocations.bytes() - size)
    most.grown = Math.max(most.grown, allocations.wasm())
    hold(allocations.bytes() <= bounds.allocated(size), `asked for ${allocations.bytes()} bytes of memory for ${size} bytes of files`)
    hold((weighed ?? 0) <= size + bounds.held, `held ${weighed} bytes of memory at once for ${size} bytes of files`)
    hold(allocations.wasm() <= bounds.wasm, `a decoder grew by ${allocations.wasm()} bytes`)
    return refusal
  }
  try {
    let scan: Scan | undefined
    const refused = await step(async () => {
      scan = await readScan(sources)
    }, true)
    most.read = size === 0 ? 0 : counted.bytes / size
    hold(counted.reads <= bounds.reads(size), `read ${counted.reads} times for ${size} bytes`)
    hold(counted.bytes <= bounds.read(size), `read ${counted.bytes} bytes of ${size}`)
    if (scan === undefined) return { end: 'refused', why: refused ?? '', ...most }
    const whole = scan
    let readable: ByteSource[] = []
    const unreadable = await step(async () => {
      readable = await readableSources(sources, whole)
    }, true)
    if (unreadable !== null) return { end: 'refused', why: unreadable, ...most }
    checkScan(scan, readable)
    const pictures = [whole.frames.at(0), whole.frames.at(-1), whole.slo, ...whole.pictures.slice(0, 2)].filter((each) => each !== undefined)
    const refusals: string[] = []
    for (const picture of pictures) {
      const why = await step(async () => {
        const shown = await decodePixels(picture.pixels.coding, await rawPixels(readable, picture.pixels), picture, codecs)
        hold(shown.byteLength === picture.width * picture.height, `decoded ${shown.byteLength} values of ${picture.width} x ${picture.height}`)
      }, false)
      if (why !== null) refusals.push(why)
    }
    return { end: 'scan', why: refusals[0] ?? `${whole.format} ${whole.pattern}, ${whole.frames.length} B-scans`, ...most }
  } catch (error) {
    return { end: 'failed', why: error instanceof Broken ? error.message : escaped(error), ...most }
  }
}

function countingSource(bytes: Uint8Array, counted: { reads: number; bytes: number }): ByteSource {
  const whole = bytesSource(bytes)
  return {
    size: whole.size,
    read(offset, length) {
      counted.reads++
      counted.bytes += length
      // An endless walk ends here; the counts tell afterwards, whatever was made of this.
      if (counted.reads > 2 * bounds.reads(bytes.byteLength)) return Promise.reject(new Broken(`read ${counted.reads} times`))
      return whole.read(offset, length)
    },
  }
}

/** The sentence of a refusal that keeps the promises of one; anything else is thrown on. */
function refusalOf(error: unknown, namesPlace: boolean): string {
  if (!(error instanceof ScansideError)) throw error
  hold(error.code === 'invalid-file' || error.code === 'not-supported', `refused with the code ${error.code}: ${error.message} ${cause(error)}`)
  hold(/[.]$/.test(error.message) && /\bnothing was changed\b/i.test(error.message), `refused without saying what to do: ${error.message}`)
  const place = ['offset', 'tag'].some((name) => error.details[name] !== undefined)
  hold(place || !namesPlace, `refused without a byte or a tag: ${error.message} ${JSON.stringify(error.details)}`)
  for (const [name, value] of Object.entries(error.details)) {
    hold(typeof value !== 'number' || Number.isFinite(value), `refused with a detail that is no number: ${name}`)
    hold(typeof value !== 'string' || value.length <= 200, `refused with a detail of ${String(value).length} letters: ${name}`)
  }
  hold(error.message.length <= 600, `refused with ${error.message.length} letters`)
  return `${error.message} ${JSON.stringify(error.details)}`
}

const cause = (error: Error) => (error.cause instanceof Error ? `(${error.cause.message})` : '')

function escaped(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`
  const at = (error.stack ?? '').split('\n').filter((line) => line.trim().startsWith('at '))
  return `${error.name}: ${error.message} ${at.slice(0, 3).join(' ').replaceAll(/\s+/g, ' ')}`
}

/** Plain data, finite numbers, ranges inside their files, sizes that can be. */
function checkScan(scan: Scan, sources: readonly ByteSource[]): void {
  hold(scan.frames.length > 0, 'a scan without B-scans')
  for (const [index, frame] of scan.frames.entries()) {
    hold(frame.index === index, `B-scan ${index} has the number ${frame.index}`)
    checkPicture(frame, sources, `B-scan ${index}`)
    for (const { name, rows } of frame.layers) {
      hold(rows.length === frame.width, `layer ${name} of B-scan ${index} has ${rows.length} rows for ${frame.width} A-scans`)
      hold(
        rows.every((row) => Number.isNaN(row) || Number.isFinite(row)),
        `layer ${name} of B-scan ${index} is not finite`,
      )
    }
    if (frame.location.kind === 'path') hold(frame.location.points.length <= 4 * bounds.side, `the course of B-scan ${index} has too many points`)
  }
  if (scan.slo !== undefined) checkPicture(scan.slo, sources, 'the SLO')
  for (const picture of scan.pictures) checkPicture(picture, sources, 'a picture')
  hold(scan.width === Math.max(...scan.frames.map(({ width }) => width)), 'the scan is not as wide as its largest B-scan')
  hold(scan.height === Math.max(...scan.frames.map(({ height }) => height)), 'the scan is not as high as its largest B-scan')
  hold(
    scan.remarks.every((remark) => scanRemarks.includes(remark)),
    'an unknown remark',
  )
  checkPlain(scan, 'scan')
  structuredClone(scan)
}

function checkPicture(picture: { width: number; height: number; pixels: PixelRef }, sources: readonly ByteSource[], what: string): void {
  const { width, height, pixels } = picture
  const isSide = (side: number) => Number.isInteger(side) && side >= 1 && side <= bounds.side
  hold(isSide(width) && isSide(height), `${what} is ${width} x ${height}`)
  const source = sources[pixels.file]
  hold(source !== undefined, `${what} lies in file ${pixels.file} of ${sources.length}`)
  hold(pixels.parts.length > 0, `${what} has no bytes`)
  for (const { offset, length } of pixels.parts) {
    hold(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0, `${what} lies at ${offset}, ${length} bytes`)
    hold(offset + length <= source.size, `${what} ends at ${offset + length} of ${source.size}`)
  }
}

/** Every number finite, whatever holds it; layer rows apart, whose NaN stands for not segmented. */
function checkPlain(value: unknown, path: string): void {
  if (typeof value === 'number') hold(Number.isFinite(value), `${path} is ${value}`)
  else if (Array.isArray(value)) for (const [index, each] of value.entries()) checkPlain(each, `${path}[${index}]`)
  else if (typeof value === 'object' && value !== null && !(value instanceof Float32Array)) {
    for (const [key, each] of Object.entries(value)) {
      hold(each !== undefined, `${path}.${key} is undefined`)
      checkPlain(each, `${path}.${key}`)
    }
  }
}
