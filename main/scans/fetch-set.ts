/** From the files of a scan in the archive to one set in the cache: which to try first is read from labels and names, what they are from their bytes. */
import { ScansideError } from '../../oct/errors.ts'
import type { Archive, ArchiveFile } from '../archive/archive.ts'
import { resultResource } from '../archive/publish.ts'
import type { CachedFile, FramedCache } from './framed-cache.ts'
import { largestScan, mostFiles } from './local.ts'
import { type Sniffed, sniff, sniffBytes } from './sniff.ts'

/** A file of the set. The name is the archive's and stays in main. */
export interface FetchedFile extends Sniffed {
  name: string
  file: CachedFile
}

/** Files to fetch together. `lead`, where there is one, is fetched and looked at before the others. */
export interface Candidate {
  lead: ArchiveFile | null
  rest: ArchiveFile[]
}

/** Files fetched at once. */
const atOnce = 4
/** Files of unknown kinds that are worth a try. */
const fewFiles = 20
/** Resources that hold no scan: XNAT's previews, and what Scanside itself writes. */
const notScans = new Set(['SNAPSHOTS', 'THUMBNAIL', resultResource])

const ending = (file: ArchiveFile): string => /\.([A-Za-z0-9]{1,5})$/.exec(file.name)?.[1]?.toLowerCase() ?? ''
const pictureEndings = new Set(['tif', 'tiff', 'png', 'jpg', 'jpeg', 'bmp'])
const folderOf = ({ uri }: ArchiveFile): string => uri.slice(0, uri.lastIndexOf('/'))
const byName = (a: ArchiveFile, b: ArchiveFile): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** What to try, in order: RAW exports, XML with the pictures of its resource, DICOM, `.e2e`, and whatever else there is where it is little. */
export const candidates = (all: readonly ArchiveFile[]): Candidate[] => {
  const files = all.filter(({ size, resource }) => size > 0 && !notScans.has(resource.toUpperCase())).sort(byName)
  const of = (...endings: string[]) => files.filter((file) => endings.includes(ending(file)))
  const alone = (lead: ArchiveFile): Candidate => ({ lead, rest: [] })
  const xml = of('xml').map((lead): Candidate => {
    const pictures = files.filter((file) => file.resource === lead.resource && pictureEndings.has(ending(file)))
    const beside = pictures.filter((file) => folderOf(file) === folderOf(lead))
    return { lead, rest: beside.length > 0 ? beside : pictures }
  })
  const isDicom = (file: ArchiveFile) => file.resource.toUpperCase() === 'DICOM' || ['dcm', 'dicom', 'ima'].includes(ending(file))
  const dicom = files.filter((file) => isDicom(file) && ending(file) !== 'xml')
  const known = new Set([...of('vol', 'xml', 'e2e', 'sdb'), ...dicom, ...xml.flatMap(({ rest }) => rest)])
  const unknown = files.filter((file) => !known.has(file))
  return [
    ...of('vol').map(alone),
    ...xml,
    ...(dicom.length > 0 ? [{ lead: null, rest: dicom }] : []),
    ...of('e2e', 'sdb').map(alone),
    ...(unknown.length > 0 && unknown.length <= fewFiles ? [{ lead: null, rest: unknown }] : []),
  ]
}

const tooLarge = (size: number) =>
  new ScansideError('invalid-file', 'This scan is larger than the 4 GB that Scanside opens. Nothing was changed.', { size })
const tooMany = (files: number) =>
  new ScansideError('invalid-file', `This scan has more than the ${mostFiles.toLocaleString('en')} files that Scanside opens. Nothing was changed.`, {
    files,
  })

/** Closes every file of a set. */
export const closeSet = async (files: readonly { file: CachedFile }[]): Promise<void> => {
  await Promise.all(files.map(({ file }) => file.close()))
}

/**
 * Fetches the first candidate that holds a scan. Files of a candidate that are nothing a scan is kept in are let go.
 * @throws ScansideError the archive's or the cache's sentence, `not-supported` where no file is a scan; nothing stays where it fails
 */
export const fetchSet = async (
  home: Pick<Archive, 'read'>,
  all: readonly ArchiveFile[],
  cache: FramedCache,
  signal: AbortSignal,
  onProgress: (bytes: number, total: number) => void,
): Promise<FetchedFile[]> => {
  for (const candidate of candidates(all)) {
    const files = await fetchCandidate(home, candidate, cache, signal, onProgress)
    if (files.some(({ kind }) => kind !== 'picture')) return files
    await closeSet(files)
  }
  throw new ScansideError(
    'not-supported',
    all.length === 0
      ? 'This scan holds no files in the archive. Nothing was changed; ask whoever uploaded it.'
      : 'This scan holds no file that Scanside can show (Heidelberg RAW, XML with its pictures, .e2e, or DICOM). Nothing was changed.',
    { files: all.length },
  )
}

const fetchCandidate = async (
  home: Pick<Archive, 'read'>,
  { lead, rest }: Candidate,
  cache: FramedCache,
  signal: AbortSignal,
  onProgress: (bytes: number, total: number) => void,
): Promise<FetchedFile[]> => {
  const wanted = lead ? [lead, ...rest] : rest
  const total = wanted.reduce((sum, { size }) => sum + size, 0)
  if (total > largestScan) throw tooLarge(total)
  if (wanted.length > mostFiles) throw tooMany(wanted.length)
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const fetched: FetchedFile[] = []
  let done = 0
  const fetchOne = async (from: ArchiveFile): Promise<void> => {
    let before = 0
    const file = await cache.write(await home.read(from, either), {
      signal: either,
      cap: largestScan,
      expected: from.size,
      ...(from.md5 === '' ? {} : { md5: from.md5 }),
      onProgress: (bytes) => {
        done += bytes - before
        before = bytes
        onProgress(done, total)
      },
    })
    const sniffed = sniff(await file.read(0, Math.min(sniffBytes, file.size)))
    if (sniffed) fetched.push({ ...sniffed, name: from.name.slice(from.name.lastIndexOf('/') + 1), file })
    else await file.close()
  }
  onProgress(0, total)
  try {
    if (lead) {
      await fetchOne(lead)
      if (fetched[0]?.kind === 'picture' || fetched.length === 0) return fetched
    }
    const queue = [...rest]
    let reason: unknown = null
    const hand = async () => {
      for (let next = queue.shift(); next && !either.aborted; next = queue.shift()) await fetchOne(next)
    }
    const hands = Array.from({ length: atOnce }, () =>
      hand().catch((error: unknown) => {
        // The first reason counts; it ends the others, and their endings say nothing new.
        reason ??= error
        failed.abort()
      }),
    )
    await Promise.all(hands)
    if (reason !== null) throw reason
    if (signal.aborted) throw new ScansideError('cancelled', 'Opening the scan was cancelled. Nothing was changed.')
  } catch (error) {
    await closeSet(fetched)
    throw error
  }
  return fetched.sort((a, b) => (a.name < b.name ? -1 : 1))
}
