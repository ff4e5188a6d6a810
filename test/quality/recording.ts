/** A scan of any format taken apart into values that can be degraded, and put together again as a `.vol`. */
import { decodePixels } from '../../oct/formats/decode.ts'
import { rawPixels, readableSources, readScan } from '../../oct/formats/index.ts'
import type { VolContent } from '../../oct/formats/vol-write.ts'
import { writeVol } from '../../oct/formats/vol-write.ts'
import { frameReader } from '../../oct/quality/view.ts'
import type { Layer, NamedSource, Scan } from '../../oct/scan.ts'
import { createNodeCodecs } from '../support/codecs.ts'

type Location = VolContent['frames'][number]['location']

export interface RecordedFrame {
  location: Location
  quality: number | undefined
  layers: Layer[]
  /** Fourth roots of the reflectivity, NaN not acquired; width x height, row 0 anterior. */
  roots: Float32Array
}

export interface Recording {
  scan: Scan
  laterality: Scan['laterality']
  slo: { width: number; height: number; spacing: { x: number; y: number }; field: number; pixels: Uint8Array }
  frames: RecordedFrame[]
}

/** @throws Error where the scan has no SLO, or B-scans that are neither lines nor rings */
export async function recordingOf(files: readonly NamedSource[]): Promise<Recording> {
  const codecs = createNodeCodecs()
  const scan = await readScan(files)
  const sources = await readableSources(files, scan)
  const read = frameReader(sources, scan, codecs)
  if (!scan.slo) throw new Error('a recording wants an SLO')
  const { width, height, spacing, field, pixels } = scan.slo
  const frames: RecordedFrame[] = []
  for (const { index, location, quality, layers } of scan.frames) {
    if (location.kind !== 'line' && location.kind !== 'ring') throw new Error('a recording wants lines or rings')
    frames.push({ location, quality, layers, roots: (await read(index)).roots.slice() })
  }
  return {
    scan,
    laterality: scan.laterality,
    slo: {
      width,
      height,
      spacing,
      field: field ?? 30,
      pixels: await decodePixels(pixels.coding, await rawPixels(sources, pixels), scan.slo, codecs),
    },
    frames,
  }
}

/** A copy whose values may be changed. */
export function copyOf(recording: Recording): Recording {
  return {
    ...recording,
    slo: { ...recording.slo, pixels: recording.slo.pixels.slice() },
    frames: recording.frames.map((frame) => ({
      ...frame,
      roots: frame.roots.slice(),
      layers: frame.layers.map(({ name, rows }) => ({ name, rows: rows.slice() })),
    })),
  }
}

export function written({ scan, laterality, slo, frames }: Recording): Uint8Array {
  return writeVol({
    version: 'HSF-OCT-103',
    laterality,
    pattern: scan.pattern,
    width: scan.width,
    height: scan.height,
    spacing: scan.spacing,
    focus: scan.focus ?? 0,
    slo,
    frames: frames.map(({ location, quality, layers, roots }) => ({
      location,
      ...(quality === undefined ? {} : { quality }),
      layers,
      render: (into) => {
        for (const [i, root] of roots.entries()) into[i] = root ** 4
      },
    })),
  })
}
