/** Reads an opened scan's pixels and layer lines from its bulk address. */
import { ScansideError } from '../../../oct/errors.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { bulkFetch } from '../../bridge.ts'
import type { Decoder } from './decoder.ts'
import type { Frame, LayerLine } from './frame-source.ts'

const safe = 'The file itself was not changed. Close the scan and open it again.'

async function read(path: string, signal: AbortSignal): Promise<Response> {
  let answer: Response
  try {
    answer = await bulkFetch(path, { signal })
  } catch (cause) {
    throw new ScansideError('unreachable', `The image could not be read. ${safe}`, {}, { cause })
  }
  if (!answer.ok) throw new ScansideError('not-found', `The image could not be read. ${safe}`, { status: answer.status })
  return answer
}

function checked(bytes: ArrayBuffer, expected: number): ArrayBuffer {
  if (bytes.byteLength === expected) return bytes
  throw new ScansideError('integrity', `The image is not as large as its header says. ${safe}`, { bytes: bytes.byteLength, expected })
}

/** The SLO's pixels: u8, row-major, row 0 superior. */
export async function readSlo(open: OpenScan, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
  const slo = open.scan.slo
  if (!slo) return null
  const answer = await read(`${open.bulk}/slo`, signal)
  return new Uint8Array(checked(await answer.arrayBuffer(), slo.width * slo.height))
}

/** One B-scan with its layer lines. Lines that cannot be read leave the image to be seen: `layers` is then null. */
export async function readFrame(open: OpenScan, decoder: Decoder, index: number, signal: AbortSignal): Promise<Frame> {
  const { width, height, frames } = open.scan
  const lines = frames[index]?.layers.length ? readLayers(open, index, signal).catch(() => null) : Promise.resolve([])
  const answer = await read(`${open.bulk}/frame/${index}`, signal)
  const pixels = await decoder.decode(checked(await answer.arrayBuffer(), width * height * 4))
  return { pixels, layers: await lines }
}

async function readLayers(open: OpenScan, index: number, signal: AbortSignal): Promise<LayerLine[]> {
  const answer = await read(`${open.bulk}/layers/${index}`, signal)
  return layerLines(await answer.json())
}

/** The layer lines in what the bulk address answers; what is not a line is left out. */
export function layerLines(json: unknown): LayerLine[] {
  if (!Array.isArray(json)) return []
  return json.flatMap((entry: { name?: unknown; rows?: unknown } | null) => {
    if (typeof entry?.name !== 'string' || !Array.isArray(entry.rows)) return []
    return [{ name: entry.name, rows: entry.rows.map((row: unknown) => (typeof row === 'number' && Number.isFinite(row) ? row : null)) }]
  })
}
