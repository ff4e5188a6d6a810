/** Deflated DICOM files (transfer syntax 1.2.840.10008.1.2.1.99): their ranges count in the inflated form, which is kept in memory, bounded. */
import { Inflate } from 'fflate'
import { ScansideError } from '../../errors.ts'
import type { ByteSource, NamedSource, Scan } from '../../scan.ts'
import { readExactly } from '../bytes.ts'
import { endsEarly } from './cursor.ts'
import { readMeta } from './dataset.ts'
import { transferSyntaxes } from './syntaxes.ts'

/** How much larger than the files of a set their inflated forms may be, bytes. */
const growth = 56 * 1024 * 1024
/** Deflate grows at most a thousandfold: a small piece at a time bounds what one step holds beside it, twice over, to 4 MiB. */
const piece = 2048
/** Bytes read at once. */
const block = 65_536
/** Bytes after which a stream that gives nothing more has ended: a stored block is at most half as long. What follows it would be kept and copied again and again. */
const silence = 131_072

/** The sources that a scan's ranges count in: the files themselves, deflated ones inflated into memory. */
export async function readableSources(files: readonly NamedSource[], scan: Pick<Scan, 'deflated'>): Promise<ByteSource[]> {
  const spent = { growth: 0 }
  const sources: ByteSource[] = []
  for (const [index, { source }] of files.entries()) sources.push(scan.deflated?.includes(index) ? await inflated(source, spent) : source)
  return sources
}

/**
 * A source that reads as if the file were not deflated: what stands before the data set as it is, then the data set inflated.
 * `spent.growth` counts over a set what its deflated files take beyond their own size.
 * @throws ScansideError not-supported where it would grow beyond what may be kept in memory, invalid-file where it is cut or damaged
 */
export async function inflated(source: ByteSource, spent: { growth: number }): Promise<ByteSource> {
  const meta = await readMeta(source)
  if (meta.syntax !== transferSyntaxes.deflated.uid) return source
  const chunks: Uint8Array[] = [Uint8Array.from(await readExactly(source, 0, meta.offset))]
  let size = meta.offset
  let complete = false
  let heard = meta.offset
  let at = meta.offset
  const stream = new Inflate((chunk, final) => {
    if (chunk.byteLength > 0) chunks.push(chunk)
    size += chunk.byteLength
    if (chunk.byteLength > 0) heard = at
    complete ||= final
  })
  let read: Uint8Array = new Uint8Array(0)
  for (; at < source.size && !complete && at - heard <= silence; at += piece) {
    const within = (at - meta.offset) % block
    if (within === 0) read = await readExactly(source, at, Math.min(block, source.size - at))
    const bytes = Uint8Array.from(read.subarray(within, within + piece))
    try {
      stream.push(bytes, at + bytes.byteLength === source.size)
    } catch {
      throw new ScansideError(
        'invalid-file',
        `This deflated DICOM file is cut off or damaged near byte ${at}. Nothing was changed; export the scan again from the device.`,
        { offset: at },
      )
    }
    if (spent.growth + size > source.size + growth) {
      throw new ScansideError(
        'not-supported',
        'This DICOM file is deflated and too large to be read that way. Nothing was changed; export it uncompressed.',
        {
          offset: at,
        },
      )
    }
  }
  spent.growth += Math.max(0, size - source.size)
  return chunkSource(chunks, size)
}

function chunkSource(chunks: readonly Uint8Array[], size: number): ByteSource {
  const starts: number[] = []
  let start = 0
  for (const chunk of chunks) {
    starts.push(start)
    start += chunk.byteLength
  }
  return {
    size,
    read(offset, length) {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size) {
        return Promise.reject(endsEarly(offset, size))
      }
      const out = new Uint8Array(length)
      let index = lastAtMost(starts, offset)
      for (let done = 0; done < length; index++) {
        const chunk = chunks[index] as Uint8Array
        const from = offset + done - (starts[index] as number)
        const part = chunk.subarray(from, from + length - done)
        out.set(part, done)
        done += part.byteLength
      }
      return Promise.resolve(out)
    },
  }
}

/** The last index whose value is at most `value`; the values ascend from 0. */
function lastAtMost(values: readonly number[], value: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((values[middle] as number) <= value) low = middle
    else high = middle - 1
  }
  return low
}
