/** Reads an opened scan's pictures and layer lines from its bulk address. */
import { ScansideError } from '../../../oct/errors.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { bulkFetch } from '../../bridge.ts'
import { decoder } from './decoder.ts'
import type { Frame, LayerLine } from './frame-source.ts'

const safe = 'The file itself was not changed. Close the scan and open it again.'

async function read(path: string, signal: AbortSignal): Promise<ArrayBuffer> {
  let answer: Response
  try {
    answer = await bulkFetch(path, { signal })
  } catch (cause) {
    throw new ScansideError('unreachable', `The image could not be read. ${safe}`, {}, { cause })
  }
  if (!answer.ok) throw new ScansideError('not-found', `The image could not be read. ${safe}`, { status: answer.status })
  return answer.arrayBuffer()
}

type PictureFacts = Pick<OpenScan['scan']['frames'][number], 'width' | 'height' | 'coding'>

async function readPicture(path: string, facts: PictureFacts, signal: AbortSignal, urgent: () => boolean): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, coding } = facts
  return decoder.decode({ coding, raw: await read(path, signal), width, height }, urgent, signal)
}

/** The SLO: u8 display values, row-major, row 0 superior; null where there is none. */
export async function readSlo(open: OpenScan, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
  const { slo } = open.scan
  return slo && readPicture(`${open.bulk}/slo`, slo, signal, () => true)
}

/** A picture beside the SLO (en face): u8 display values, row-major. */
export async function readReference(open: OpenScan, index: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const facts = open.scan.pictures[index]
  if (!facts) throw new ScansideError('not-found', `This scan has no such picture. ${safe}`, { index })
  return readPicture(`${open.bulk}/picture/${index}`, facts, signal, () => true)
}

/** The layer lines of one B-scan at a time, from what was read for all B-scans at once. */
export interface LayerBook {
  /** Settles when all lines are there, or cannot be had; never rejects. */
  read: Promise<void>
  /** Lines of a B-scan; null where they could not be read. */
  of(index: number): LayerLine[] | null
}

/** Begins to read all layer lines of a scan: one request for each layer. */
export function readLayers(open: OpenScan, signal: AbortSignal): LayerBook {
  const { frames } = open.scan
  const names = [...new Set(frames.flatMap((frame) => frame.layers))]
  const starts: number[] = []
  let width = 0
  for (const frame of frames) {
    starts.push(width)
    width += frame.width
  }
  const rows = new Map<string, Float32Array>()
  const one = async (name: string) => {
    const bytes = await read(`${open.bulk}/layer/${encodeURIComponent(name)}`, signal)
    if (bytes.byteLength === width * 4) rows.set(name, new Float32Array(bytes))
  }
  return {
    read: Promise.all(names.map(one)).then(
      () => undefined,
      () => undefined,
    ),
    of(index) {
      const frame = frames[index]
      const start = starts[index]
      if (!frame || start === undefined || !frame.layers.every((name) => rows.has(name))) return null
      return frame.layers.map((name) => ({ name, rows: lineRows(rows.get(name)?.subarray(start, start + frame.width) ?? new Float32Array(0)) }))
    },
  }
}

/** Rows as they are drawn: null where not segmented. */
export function lineRows(rows: Float32Array): (number | null)[] {
  return Array.from(rows, (row) => (Number.isFinite(row) ? row : null))
}

/** One B-scan with its layer lines. Lines that cannot be read leave the image to be seen: `layers` is then null. */
export async function readFrame(open: OpenScan, layers: LayerBook, index: number, signal: AbortSignal, urgent: () => boolean): Promise<Frame> {
  const facts = open.scan.frames[index]
  if (!facts) throw new ScansideError('not-found', `This scan has no such B-scan. ${safe}`, { index })
  const [pixels] = await Promise.all([readPicture(`${open.bulk}/frame/${index}`, facts, signal, urgent), layers.read])
  let lines: LayerLine[] | null | undefined
  return {
    width: facts.width,
    height: facts.height,
    pixels,
    // Most B-scans of a volume are only passed by; their lines are taken apart when one is looked at.
    get layers() {
      lines ??= facts.layers.length > 0 ? layers.of(index) : []
      return lines
    },
  }
}
