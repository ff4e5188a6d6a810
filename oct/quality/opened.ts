/** B-scans of a file as detectors see them, for tests. */
import { bytesSource, readVol } from '../formats/vol.ts'
import type { Scan } from '../scan.ts'
import type { FrameView } from './examination.ts'
import { statesOf } from './states.ts'
import { findSurfaces } from './surfaces.ts'
import { frameReader, noCodecs } from './view.ts'

export async function opened(bytes: Uint8Array): Promise<{ scan: Scan; views: FrameView[] }> {
  const source = bytesSource(bytes)
  const scan = await readVol(source)
  const read = frameReader([source], scan, noCodecs)
  const views: FrameView[] = []
  for (const { index } of scan.frames) {
    const view = await read(index)
    views.push({ ...view, roots: view.roots.slice() })
  }
  return { scan, views }
}

/** A picture alone, as a format without lines gives it: grey values of 8 bits, lines found. */
export function seen(roots: Float32Array, width: number, height: number, axial: number, like: FrameView): FrameView {
  const found = findSurfaces(roots, width, height, axial)
  const info = { ...like.info, width, height, layers: [] }
  const view = { info, width, height, roots, ilm: found.ilm, bm: found.bm, origin: { ilm: 'found', bm: 'found' } as const, found }
  return { ...view, states: statesOf(view, axial) }
}

/** The picture as 8-bit grey. */
export const grey = (roots: Float32Array): Float32Array => roots.map((root) => Math.floor(255 * Math.min(1, root)) / 255)

/**
 * The picture moved up by `rows`; from below comes vitreous. With `folded`, what leaves at the top comes back from there upside down: reflectivities
 * add up.
 */
export function movedUp({ roots, width, height }: FrameView, rows: number, folded = false): Float32Array {
  const at = (row: number, x: number): number => {
    const value = roots[(row < height ? row : (row * 7) % 30) * width + (row < height ? x : (x * 13 + row * 5) % width)] as number
    return Number.isNaN(value) ? 0 : value ** 4
  }
  return Float32Array.from(roots, (_, i) => {
    const row = Math.floor(i / width)
    const mirrored = folded && row < rows ? at(rows - 1 - row, i % width) : 0
    return Math.min(1, at(row + rows, i % width) + mirrored) ** 0.25
  })
}
