/** Opens scans for the viewer: once through the encrypted cache, headers by the parser, pixels by a ticket. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import { rawPixels } from '../../oct/formats/index.ts'
import type { ByteSource, Scan } from '../../oct/scan.ts'
import { type OpenScan, openScanSchema, type ScanRef } from '../../preload/contract.ts'
import type { ArchiveFile } from '../archive/archive.ts'
import type { Bulk } from '../doorway/bulk.ts'
import type { HomeArchive, LocalScan } from '../runs/desk.ts'
import type { Lab } from '../store/lab.ts'
import type { FramedCache } from './framed-cache.ts'
import { resultsHere, resultsThere } from './known-results.ts'
import { createLocalScans, largestScan } from './local.ts'
import type { ParseScan } from './parse.ts'

/** Scans open at once; a window that forgot to close one loses its oldest. */
const mostOpen = 12

export interface ScansOptions {
  archive: () => HomeArchive | null
  lab: Lab
  cache: FramedCache
  bulk: Pick<Bulk, 'mint' | 'revoke'>
  parse: ParseScan
  /** Labels of a scan of the archive, for the person; null where they are not known, and its ids are shown. */
  title: (ref: ScanRef & { kind: 'archive' }, signal: AbortSignal) => Promise<OpenScan['title'] | null>
}

export interface Scans {
  /**
   * Opens a scan. `onProgress` tells bytes arrived and, where known, bytes in all.
   * @throws ScansideError with the archive's, the cache's or the reader's sentence; nothing stays where it fails
   */
  open(ref: ScanRef, signal: AbortSignal, onProgress?: (bytes: number, total: number | null) => void): Promise<OpenScan>
  close(bulk: string): Promise<void>
  /** Where to PUT a dropped file, and its id. */
  dropTicket(size: number): { url: string; local: string }
  /** A dropped file as runs want it. */
  local(id: string): LocalScan | null
  /** Closes everything and removes the caches. */
  closeAll(): Promise<void>
}

/** The file of a scan that the viewer can show. */
export const fileToOpen = (files: ArchiveFile[]): ArchiveFile => {
  const exported = files.filter((file) => /\.vol$/i.test(file.name)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const one = exported[0] ?? (files.length === 1 ? files[0] : undefined)
  if (one) return one
  throw new ScansideError(
    'not-supported',
    files.length === 0
      ? 'This scan holds no files in the archive. Nothing was changed; ask whoever uploaded it.'
      : 'This scan holds no file that Scanside can show yet (it shows Heidelberg RAW exports, .vol). Nothing was changed.',
    { files: files.length },
  )
}

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

/**
 * What `/bulk/<ticket>/<rest>` answers: `slo`, `frame/<i>` and `picture/<i>`: bytes as they lie in the file, to be decoded by their coding;
 * `layers/<i>` JSON `{ name, rows }[]`, rows in px from the top or null where not segmented; `layer/<name>` as in the contract.
 */
export const serve = async (sources: readonly ByteSource[], scan: Scan, rest: string): Promise<Response> => {
  const gone = () => new ScansideError('not-found', 'This scan has no such picture.')
  const [, what = '', which = ''] = /^(slo|frame|picture|layers|layer)(?:\/([\w+-]{1,50}))?$/.exec(rest) ?? []
  const number = /^\d{1,5}$/.test(which) ? Number(which) : -1
  const picture = { slo: scan.slo, frame: scan.frames[number], picture: scan.pictures[number] }[what]
  if (picture) return bytesResponse(await rawPixels(sources, picture.pixels))
  const rows = what === 'layer' ? layerRows(scan, which) : null
  if (rows) return bytesResponse(rows)
  const frame = what === 'layers' ? scan.frames[number] : undefined
  if (!frame) throw gone()
  const layers = frame.layers.map(({ name, rows: each }) => ({
    name,
    rows: Array.from(each, (row) => (Number.isFinite(row) ? Math.round(row * 1000) / 1000 : null)),
  }))
  return Response.json(layers, { headers: { 'cache-control': 'no-store' } })
}

/** Builds the room; nothing is read before `open`. */
export const createScans = ({ archive, lab, cache, bulk, parse, title }: ScansOptions): Scans => {
  const locals = createLocalScans(cache, bulk)
  const opened = new Map<string, () => Promise<void>>()

  const fetchSource = async (ref: ScanRef, signal: AbortSignal, onProgress: (bytes: number, total: number | null) => void) => {
    if (ref.kind === 'local') {
      const found = locals.get(ref.local)
      if (!found) throw new ScansideError('not-found', 'The dropped file is no longer here. Drop it again.')
      return { source: found.file, close: async () => {} }
    }
    const home = archive()
    if (!home) throw new ScansideError('unauthorized', 'Nobody is signed in to the archive of this scan. Sign in and open it again.')
    const file = fileToOpen(await home.archive.scanFiles(ref, ref.scan, signal))
    if (file.size > largestScan) {
      throw new ScansideError('invalid-file', 'This scan is larger than the 4 GB that Scanside opens. Nothing was changed.', { size: file.size })
    }
    onProgress(0, file.size)
    const source = await cache.write(await home.archive.read(file, signal), {
      signal,
      cap: largestScan,
      expected: file.size,
      ...(file.md5 === '' ? {} : { md5: file.md5 }),
      onProgress: (bytes) => onProgress(bytes, file.size),
    })
    return { source, close: source.close }
  }
  const titleOf = async (ref: ScanRef, signal: AbortSignal): Promise<OpenScan['title']> => {
    if (ref.kind === 'local') return { project: '', subject: '', session: '', scan: 'Dropped file' }
    const { project, subject, session, scan } = ref
    return (await title(ref, signal).catch(() => null)) ?? { project, subject, session, scan }
  }
  const resultsOf = async (ref: ScanRef, sha256: string, signal: AbortSignal): Promise<OpenScan['results']> => {
    const home = archive()
    const here = resultsHere(lab, home?.id ?? null, ref, sha256)
    if (ref.kind === 'local' || !home) return here
    const runs = new Set(here.flatMap(({ run }) => run ?? []))
    return [...here, ...(await resultsThere(home, ref, sha256, runs, signal))].slice(0, 100)
  }

  const close = async (url: string) => {
    const end = opened.get(url)
    opened.delete(url)
    bulk.revoke(url)
    await end?.()
  }
  return {
    open: async (ref, signal, onProgress = () => {}) => {
      const { source, close: end } = await fetchSource(ref, signal, onProgress)
      try {
        const scan = await parse([{ name: '', source }], signal)
        const [names, results] = await Promise.all([titleOf(ref, signal), resultsOf(ref, source.sha256, signal)])
        if (signal.aborted) throw new ScansideError('cancelled', 'Opening the scan was cancelled. Nothing was changed.')
        const shown = { title: names, scan: asOpenScan(scan), results }
        openScanSchema.omit({ bulk: true }).parse(shown)
        const url = bulk.mint((_request, rest) => serve([source], scan, rest))
        opened.set(url, end)
        for (const oldest of opened.keys()) if (opened.size > mostOpen) await close(oldest)
        return { bulk: url, ...shown }
      } catch (error) {
        await end()
        throw error
      }
    },
    close,
    dropTicket: locals.ticket,
    local: (id) => {
      const found = locals.get(id)
      if (!found) return null
      const { file, extension } = found
      return { size: file.size, sha256: file.sha256, extension, read: async (signal) => file.stream(signal) }
    },
    closeAll: async () => {
      for (const url of [...opened.keys()]) await close(url)
      await cache.close()
    },
  }
}
