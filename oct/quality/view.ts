/** B-scans and the SLO as detectors see them, from the bytes of any format. */
import { ScansideError } from '../errors.ts'
import { type Codecs, decodePixels } from '../formats/decode.ts'
import { rawPixels } from '../formats/index.ts'
import type { ByteSource, FrameInfo, Scan } from '../scan.ts'
import type { FrameView, LineOrigin, SloView } from './examination.ts'
import { statesOf } from './states.ts'
import { findSurfaces } from './surfaces.ts'

/** Above it a stored reflectivity means: not acquired. */
const notAcquired = 1e30

/** No decoder is at hand: compressed pictures are refused in a sentence, everything else opens. */
export const noCodecs: Codecs = {
  decode: () =>
    Promise.reject(
      new ScansideError(
        'not-supported',
        'This scan is compressed in a way that cannot be judged here. Nothing was changed; export it without compression.',
      ),
    ),
}

/** The SLO's pixels; null where the scan has none. */
export async function readSlo(sources: readonly ByteSource[], scan: Scan, codecs: Codecs): Promise<SloView | null> {
  if (!scan.slo) return null
  const { width, height, spacing, pixels } = scan.slo
  return { width, height, spacing, pixels: await decodePixels(pixels.coding, await rawPixels(sources, pixels), { width, height }, codecs) }
}

/** Reads B-scans one after another into the same arrays. */
export function frameReader(sources: readonly ByteSource[], scan: Scan, codecs: Codecs): (index: number) => Promise<FrameView> {
  let roots = new Float32Array(0)
  return async (index) => {
    const info = scan.frames[index] as FrameInfo
    const { width, height } = info
    const count = width * height
    if (roots.length !== count) roots = new Float32Array(count)
    const bytes = await rawPixels(sources, info.pixels)
    if (info.pixels.coding.kind === 'reflectivity-f32') fourthRoots(bytes, roots)
    else {
      const grey = await decodePixels(info.pixels.coding, bytes, { width, height }, codecs)
      for (let i = 0; i < count; i++) roots[i] = (grey[i] as number) / 255
    }
    const found = findSurfaces(roots, width, height, scan.spacing.axial)
    const [ilm, ilmOrigin] = lineOf(info, 'ILM', found.ilm)
    const [bm, bmOrigin] = lineOf(info, 'BM', found.bm)
    const view = { info, width, height, roots, ilm, bm, origin: { ilm: ilmOrigin, bm: bmOrigin }, found }
    return { ...view, states: statesOf(view, scan.spacing.axial) }
  }
}

function fourthRoots(bytes: Uint8Array, into: Float32Array): void {
  // A copy only where the bytes do not lie on a float's border; every machine Node and browsers run on is little-endian.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const values = new Float32Array(aligned.buffer, aligned.byteOffset, into.length)
  for (let i = 0; i < into.length; i++) {
    const value = values[i] as number
    into[i] = value <= notAcquired ? (value > 0 ? Math.sqrt(Math.sqrt(value)) : 0) : Number.NaN
  }
}

function lineOf(info: FrameInfo, name: string, found: Float32Array): [Float32Array, LineOrigin] {
  const drawn = info.layers.find((layer) => layer.name === name)?.rows
  if (drawn?.some((row) => !Number.isNaN(row))) return [drawn, 'device']
  return [found, found.some((row) => !Number.isNaN(row)) ? 'found' : 'none']
}
