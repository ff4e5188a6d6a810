/** Reads an opened scan's pictures and layer lines from its bulk address. */
import { ScansideError } from '../../../oct/errors.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { bulkFetch } from '../../bridge.ts'
import { decoder } from './decoder.ts'
import type { Frame, LayerLine } from './frame-source.ts'

const safe = 'The file itself was not changed. Close the scan and open it again.'

async function read(path: string, signal: AbortSignal, priority: RequestPriority): Promise<ArrayBuffer> {
  let answer: Response
  try {
    answer = await bulkFetch(path, { signal, priority })
  } catch (cause) {
    throw new ScansideError('unreachable', `The image could not be read. ${safe}`, {}, { cause })
  }
  if (!answer.ok) throw new ScansideError('not-found', `The image could not be read. ${safe}`, { status: answer.status })
  return answer.arrayBuffer()
}

type PictureFacts = Pick<OpenScan['scan']['frames'][number], 'width' | 'height' | 'coding'>

async function readPicture(path: string, facts: PictureFacts, signal: AbortSignal, urgent: () => boolean): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, coding } = facts
  const raw = await read(path, signal, urgent() ? 'high' : 'low')
  return decoder.decode({ coding, raw, width, height }, urgent, signal)
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
  /** Lines of a B-scan; null where they could not be read, undefined while they come. */
  of(index: number): LayerLine[] | null | undefined
}

/** Begins to read all layer lines of a scan, one request for each layer; `onRead` is told when all are there or cannot be had. */
export function readLayers(open: OpenScan, signal: AbortSignal, onRead: () => void): LayerBook {
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
    const bytes = await read(`${open.bulk}/layer/${encodeURIComponent(name)}`, signal, 'auto')
    if (bytes.byteLength === width * 4) rows.set(name, new Float32Array(bytes))
  }
  let settled = names.length === 0
  if (!settled) {
    void Promise.allSettled(names.map(one)).then(() => {
      settled = true
      if (!signal.aborted) onRead()
    })
  }
  return {
    of(index) {
      if (!settled) return undefined
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

const none: LayerLine[] = []

/** One B-scan with its layer lines; they may come after the image, and there are none until then. Lines that cannot be read leave the image to be seen: `layers` is then null. */
export async function readFrame(open: OpenScan, layers: LayerBook, index: number, signal: AbortSignal, urgent: () => boolean): Promise<Frame> {
  const facts = open.scan.frames[index]
  if (!facts) throw new ScansideError('not-found', `This scan has no such B-scan. ${safe}`, { index })
  const pixels = await readPicture(`${open.bulk}/frame/${index}`, facts, signal, urgent)
  let lines: LayerLine[] | null | undefined
  return {
    width: facts.width,
    height: facts.height,
    pixels,
    // Most B-scans of a volume are only passed by; their lines are taken apart when one is looked at.
    get layers() {
      if (lines === undefined) lines = layers.of(index)
      return lines === undefined ? none : lines
    },
  }
}
