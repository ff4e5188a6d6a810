/** A scan as the window gets it: its metadata through the doorway, its pixels and layers by a ticket. */
import { ScansideError } from '../../oct/errors.ts'
import { rawPixels } from '../../oct/formats/index.ts'
import type { ByteSource, Scan } from '../../oct/scan.ts'
import type { OpenScan } from '../../preload/contract.ts'

/** A parsed scan as it crosses the doorway. */
export const asOpenScan = (scan: Scan): OpenScan['scan'] => ({
  format: scan.format,
  device: scan.device,
  formatVersion: scan.formatVersion,
  laterality: scan.laterality,
  pattern: scan.pattern,
  width: scan.width,
  height: scan.height,
  spacing: scan.spacing,
  focus: scan.focus ?? null,
  art: scan.art ?? null,
  edi: scan.edi ?? null,
  resolution: scan.resolution ?? null,
  axialLength: scan.axialLength ?? null,
  field: scan.field ?? null,
  acquiredAt: scan.acquiredAt ?? null,
  slo: scan.slo
    ? { width: scan.slo.width, height: scan.slo.height, spacing: scan.slo.spacing, field: scan.slo.field ?? null, coding: scan.slo.pixels.coding }
    : null,
  pictures: scan.pictures.map(({ label, width, height, spacing, place, pixels }) => ({
    label,
    width,
    height,
    spacing,
    place: place ?? null,
    coding: pixels.coding,
  })),
  frames: scan.frames.map((frame) => ({
    width: frame.width,
    height: frame.height,
    location: frame.location,
    quality: frame.quality ?? null,
    art: frame.art ?? null,
    coding: frame.pixels.coding,
    layers: frame.layers.map((layer) => layer.name),
    bmo: frame.bmo ?? null,
  })),
  grids: scan.grids,
  remarks: scan.remarks,
})

const bytesResponse = (bytes: Uint8Array) =>
  new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' } })

/** The rows of one layer in every B-scan, one after another, NaN where not segmented; null where no B-scan has it. */
const layerRows = (scan: Scan, name: string): Uint8Array | null => {
  if (!scan.frames.some(({ layers }) => layers.some((layer) => layer.name === name))) return null
  const all = new Float32Array(scan.frames.reduce((sum, { width }) => sum + width, 0)).fill(Number.NaN)
  let at = 0
  for (const { width, layers } of scan.frames) {
    const rows = layers.find((layer) => layer.name === name)?.rows
    if (rows) all.set(rows, at)
    at += width
  }
  return new Uint8Array(all.buffer)
}

/** A part of an address as it was meant; itself where it is no encoding. */
const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/**
 * What `/bulk/<ticket>/<rest>` answers: `slo`, `frame/<i>` and `picture/<i>`: bytes as they lie in the file, to be decoded by their coding;
 * `layers/<i>` JSON `{ name, rows }[]`, rows in px from the top or null where not segmented; `layer/<name>` as in the contract.
 */
export const serve = async (sources: readonly ByteSource[], scan: Scan, rest: string): Promise<Response> => {
  const gone = () => new ScansideError('not-found', 'This scan has no such picture.')
  const [, what = '', which = ''] = /^(slo|frame|picture|layers|layer)(?:\/([^/]{1,160}))?$/.exec(rest) ?? []
  const number = /^\d{1,5}$/.test(which) ? Number(which) : -1
  const picture = { slo: scan.slo, frame: scan.frames[number], picture: scan.pictures[number] }[what]
  if (picture) return bytesResponse(await rawPixels(sources, picture.pixels))
  const rows = what === 'layer' ? layerRows(scan, decoded(which)) : null
  if (rows) return bytesResponse(rows)
  const frame = what === 'layers' ? scan.frames[number] : undefined
  if (!frame) throw gone()
  const layers = frame.layers.map(({ name, rows: each }) => ({
    name,
    rows: Array.from(each, (row) => (Number.isFinite(row) ? Math.round(row * 1000) / 1000 : null)),
  }))
  return Response.json(layers, { headers: { 'cache-control': 'no-store' } })
}
