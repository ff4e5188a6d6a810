/** Which files of a watched folder make a scan, and which of those scans are whole. */
import { identify, identifyBytes } from '../../oct/formats/index.ts'
import type { FolderAccess } from './folder-access.ts'
import type { Known, WatchedFile } from './listing.ts'
import { dicomWhole, pictureKey, pictureKeys, volHead, volWhole, xmlPictures } from './whole.ts'

/** A scan that is whole, to be taken. */
export interface Arrival {
  /** The scan's own file first. */
  files: WatchedFile[]
  /** The files whose content makes it another scan: without the photographs several scans share. */
  own: WatchedFile[]
  late: boolean
  /** ms; when its last byte was readable, at the latest */
  readableAt: number
}

/** Looks of no change after which a file without a promised length counts as whole. */
const calmLooks = 2
/** The same for the files of an export that is written over another: what has not changed yet may still be the other's. */
const calmAgain = 8

/** Finds out what a file is, once for each size and time. */
export async function learn(file: WatchedFile, access: FolderAccess): Promise<Known> {
  if (file.known && !(file.known.kind === 'vol' && !file.known.whole && file.calm >= calmLooks)) return file.known
  const source = access.source(file.path, file.size)
  const kind = identify(await source.read(0, Math.min(identifyBytes, file.size)))
  const known = await (async (): Promise<Known> => {
    if (kind === 'heidelberg-vol') {
      const whole = await volWhole(source)
      const sure = whole === 'yes' && !file.again
      return { kind: 'vol', whole: sure || (whole !== 'no' && file.calm >= calmLooks), head: file.late ? null : await volHead(source) }
    }
    if (kind === 'heidelberg-xml') return { kind: 'xml', pictures: await xmlPictures(source) }
    if (kind === 'dicom-opt') return { kind: 'dicom', part: await dicomWhole(source) }
    if (kind === 'heidelberg-e2e') return { kind: 'e2e' }
    return { kind: kind === 'picture' ? 'picture' : 'none' }
  })()
  file.known = known
  return known
}

/** Whole scans among the files that wait, those nobody stands waiting for last. Pictures and photographs are found among all files of their folder. */
export function arrivalsOf(all: Iterable<WatchedFile>): Arrival[] {
  const folders = new Map<string, WatchedFile[]>()
  for (const file of all) {
    if (file.gone) continue
    const beside = folders.get(file.folder)
    if (beside) beside.push(file)
    else folders.set(file.folder, [file])
  }
  const found: Arrival[] = []
  for (const beside of folders.values()) {
    const waiting = beside.filter((file) => file.state === 'waiting' && file.known)
    for (const file of waiting) {
      const { known } = file
      if (known?.kind === 'vol' && known.whole) found.push(arrival([file]))
      if (known?.kind === 'e2e' && file.calm >= calmLooks) found.push(arrival([file]))
    }
    found.push(...xmlScans(beside))
    found.push(...dicomScans(waiting, beside))
  }
  return found.sort((a, b) => Number(a.late) - Number(b.late) || a.readableAt - b.readableAt)
}

/** Exports whose pictures are all there; also those that were taken and of whose pictures one has changed since. */
function xmlScans(beside: readonly WatchedFile[]): Arrival[] {
  const calm = (file: WatchedFile) => file.calm >= (file.again ? calmAgain : 1)
  const changed = beside.some(({ state, again }) => state === 'waiting' && again)
  return beside.flatMap((file): Arrival[] => {
    const { known, state } = file
    if (known?.kind !== 'xml' || !known.pictures || state === 'older' || (state === 'settled' && !changed) || !calm(file)) return []
    const pictures = picturesOf(known.pictures, beside)
    if (!pictures?.every((picture) => picture.size > 0 && calm(picture))) return []
    return state === 'waiting' || pictures.some((picture) => picture.state === 'waiting' && picture.again) ? [arrival([file, ...pictures])] : []
  })
}

/** Null where one is missing. */
function picturesOf(names: readonly string[], beside: readonly WatchedFile[]): WatchedFile[] | null {
  const byName = new Map(beside.map((file) => [pictureKey(file.name), file]))
  const found = names.map((name) =>
    pictureKeys(name)
      .map((key) => byName.get(key))
      .find((file) => file !== undefined),
  )
  return found.every((file) => file !== undefined) ? [...new Set(found)] : null
}

function dicomScans(waiting: readonly WatchedFile[], beside: readonly WatchedFile[]): Arrival[] {
  const scans = new Map<string, WatchedFile[]>()
  for (const file of waiting) {
    const part = partOf(file)
    if (part?.kind === 'opt') scans.set(part.scan, [...(scans.get(part.scan) ?? []), file])
  }
  return [...scans].flatMap(([scan, started]): Arrival[] => {
    // Single B-scans that were taken with an earlier look belong to it all the same.
    const own = beside.filter((file) => started.includes(file) || (partOf(file)?.kind === 'opt' && partOf(file)?.scan === scan))
    const grounds = new Set(own.flatMap((file) => partOf(file)?.grounds ?? []))
    const photographs = beside.filter((file) => partOf(file)?.kind === 'op' && grounds.has(partOf(file)?.uid ?? ''))
    const missing = grounds.size > photographs.length
    // A photograph comes beside the scan or not at all: it is waited for, but not for ever.
    const enough = missing ? 20 : calmLooks
    return [...own, ...photographs].every(({ calm }) => calm >= (own.length > 1 ? 2 * calmLooks : calmLooks)) &&
      own.every(({ calm }) => calm >= enough)
      ? [arrival([...own, ...photographs], own)]
      : []
  })
}

function partOf(file: WatchedFile) {
  return file.known?.kind === 'dicom' && file.known.part !== 'no' ? file.known.part : null
}

function arrival(files: WatchedFile[], own = files): Arrival {
  const last = files.reduce((latest, file) => (file.changedAt > latest.changedAt ? file : latest))
  // The last byte came between two looks; its time is the file's own where that lies there, else the earlier look: never too late.
  const readableAt = last.modified >= last.changedAfter && last.modified <= last.changedAt ? last.modified : last.changedAfter
  return { files, own, late: files.every(({ late }) => late), readableAt }
}
