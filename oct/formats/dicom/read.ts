/**
 * Reader of DICOM Ophthalmic Tomography (OPT), with the fundus picture (OP) its B-scans lie on and the en-face pictures beside it. Reads ranges.
 * Names, identifiers, birth dates and UIDs never reach the model.
 */
import { ScansideError } from '../../errors.ts'
import type { FrameInfo, NamedSource, ReferencePicture, Scan, ScanRemark, SloInfo } from '../../scan.ts'
import { className, type Kind } from './classes.ts'
import { nothingSpent } from './dataset.ts'
import { acquiredAt, deviceOf, eyeOf, opticsOf, plain } from './describe.ts'
import { type DicomFile, frameCount, isGrey, kindOf, openFile, type Pictures, readPictures } from './file.ts'
import { type FrameGroups, type Ground, groundOf, type Places, placesOf, spacingOf } from './places.ts'
import { tag } from './tags.ts'
import { firstItem, items, number, text } from './values.ts'

/** Files of one set that are looked at. */
const maxFiles = 5000

/** True for a DICOM file: 128 bytes of anything, then `DICM`. */
export function sniff(first: Uint8Array): 'dicom-opt' | null {
  return first[128] === 0x44 && first[129] === 0x49 && first[130] === 0x43 && first[131] === 0x4d ? 'dicom-opt' : null
}

/**
 * The scan in a set's DICOM files; `which` are their numbers. Single B-scans of one series make one scan; of several scans the first is read.
 * @throws ScansideError invalid-file or not-supported, naming the tag or the byte
 */
export async function readDicom(files: readonly NamedSource[], which: readonly number[]): Promise<Scan> {
  const opened = await openSet(files, which)
  const parts = scanOf(opened)
  const [first] = parts
  if (first === undefined) {
    throw new ScansideError(
      'not-supported',
      'These DICOM files hold pictures of a fundus but no OCT scan. Nothing was changed; export the OCT scan itself.',
      {
        tag: '(0008,0016)',
        files: opened.length,
      },
    )
  }
  const pictures: Pictures[] = []
  for (const part of parts) pictures.push(await readPictures(part))
  const groups = parts.flatMap((part, index) => frameGroups(part, pictures[index]?.width ?? 0))
  const slo = await findSlo(opened, first, groups)
  const spacing = slo && spacingOf(firstItem(firstItem(slo.file.dataset, tag.shared), tag.measures) ?? slo.file.dataset)
  const scaled = spacing && spacing.row > 0 && spacing.column > 0 ? { spacing: { x: spacing.column, y: spacing.row } } : {}
  const ground = slo && { uid: text(slo.file.dataset, tag.sopInstance), ...scaled }
  const places = placesOf(groups, ground)
  const frames: FrameInfo[] = []
  for (const [index, part] of parts.entries()) {
    for (const ranges of pictures[index]?.frames ?? []) {
      const { width, height, coding } = pictures[index] as Pictures
      frames.push({
        index: frames.length,
        width,
        height,
        location: places.locations[frames.length] ?? { kind: 'unknown' },
        pixels: { file: part.index, parts: ranges, coding },
        layers: [],
      })
    }
  }
  const { axialLength, focus, field: across } = opticsOf(first.dataset)
  const field = across === undefined ? undefined : fieldOf(across, places, frames)
  const at = acquiredAt(first.dataset)
  const enFace = await enFacePictures(opened, ground)
  const sloInfo = slo && describeSlo(slo, places.scale ?? { x: 0, y: 0 })
  const shownFiles = new Set([...frames, ...enFace, ...(sloInfo ? [sloInfo] : [])].map(({ pixels }) => pixels.file))
  const deflated = opened.filter((file) => file.syntax.deflated && shownFiles.has(file.index)).map((file) => file.index)
  return {
    format: 'dicom-opt',
    device: deviceOf(first.dataset),
    formatVersion: first.syntax.name,
    laterality: eyeOf(first.dataset),
    pattern: places.pattern,
    width: Math.max(...pictures.map((each) => each.width)),
    height: Math.max(...pictures.map((each) => each.height)),
    spacing: places.spacing,
    ...(focus === undefined ? {} : { focus }),
    ...(axialLength === undefined ? {} : { axialLength }),
    ...(field === undefined ? {} : { field }),
    ...(sloInfo === undefined ? {} : { slo: sloInfo }),
    pictures: enFace,
    frames,
    grids: [],
    remarks: remarksOf(eyeOf(first.dataset), frames, places.assumed, pictures),
    ...(at === undefined ? {} : { acquiredAt: at }),
    ...(deflated.length === 0 ? {} : { deflated }),
  }
}

/** Degrees: the header tells the width alone. A line has no height, and a volume's follows from its shape. */
function fieldOf(width: number, { pattern, spacing }: Places, frames: readonly FrameInfo[]): Scan['field'] {
  if (pattern === 'line') return { width, height: 0 }
  const length = spacing.lateral * (frames[0]?.width ?? 0)
  if (pattern !== 'volume' || length === 0 || spacing.between === 0) return undefined
  return { width, height: Math.round((10 * width * spacing.between * (frames.length - 1)) / length) / 10 }
}

function remarksOf(eye: Scan['laterality'], frames: readonly FrameInfo[], assumed: boolean, pictures: readonly Pictures[]): ScanRemark[] {
  const remarks: ScanRemark[] = []
  // The file tells the order of a ring's points, but no left eye's file of a device was there to hold it against.
  if (eye === 'OS' && frames.some(({ location }) => location.kind === 'ring')) remarks.push('orientation-not-verified')
  if (assumed) remarks.push('slo-scale-assumed')
  if (pictures.some(({ lossy }) => lossy)) remarks.push('lossy')
  return remarks
}

/** The headers of the files of the kinds that are read, in the set's order. */
async function openSet(files: readonly NamedSource[], which: readonly number[]): Promise<DicomFile[]> {
  if (which.length > maxFiles)
    throw new ScansideError('not-supported', `These are ${which.length} DICOM files at once; open one scan at a time. Nothing was changed.`, {
      tag: '(0008,0016)',
      files: which.length,
    })
  const spent = nothingSpent()
  const opened: DicomFile[] = []
  let other: string | undefined
  const kinds: [number, Kind][] = []
  for (const index of which) {
    const kind = await kindOf(files[index] as NamedSource, spent)
    if (typeof kind === 'string') kinds.push([index, kind])
    else other ??= kind.other
  }
  if (kinds.length === 0) {
    throw new ScansideError(
      'not-supported',
      `This DICOM file is no OCT scan but ${className(other ?? '')}. Nothing was changed; export the OCT scan (Ophthalmic Tomography Image) from the device.`,
      { tag: '(0008,0016)' },
    )
  }
  for (const [index, kind] of kinds) {
    try {
      opened.push(await openFile(files[index] as NamedSource, index, kind, spent))
    } catch (error) {
      // A broken picture beside the scan is no reason to refuse the scan.
      if (kind === 'opt' || !(error instanceof ScansideError)) throw error
    }
  }
  return opened
}

/** The files that make up the scan: one of many frames, or single frames of one series and eye in their order. */
function scanOf(opened: readonly DicomFile[]): DicomFile[] {
  const tomograms = opened.filter(({ kind }) => kind === 'opt')
  const [first] = tomograms
  if (first === undefined) return []
  const series = text(first.dataset, tag.series)
  if (series === '' || frameCount(first) !== 1) return [first]
  const eye = eyeOf(first.dataset)
  const parts = tomograms.filter((file) => text(file.dataset, tag.series) === series && frameCount(file) === 1 && eyeOf(file.dataset) === eye)
  const stack = parts.map((file) => number(stackGroup(file), tag.stackPosition))
  const numbers = parts.map((file) => number(file.dataset, tag.number))
  const keys = new Set(stack).size === parts.length && !stack.includes(undefined) ? stack : numbers
  return parts
    .map((file, index) => ({ file, key: keys[index] ?? Number.POSITIVE_INFINITY, index }))
    .sort((a, b) => (a.key === b.key ? a.index - b.index : a.key - b.key))
    .map(({ file }) => file)
}

function stackGroup(file: DicomFile) {
  return firstItem(firstItem(file.dataset, tag.perFrame), tag.frameContent)
}

function frameGroups(file: DicomFile, width: number): FrameGroups[] {
  const shared = firstItem(file.dataset, tag.shared)
  const own = items(file.dataset, tag.perFrame)
  return Array.from({ length: frameCount(file) }, (_, index) => ({ own: own[index], shared, file: file.dataset, width }))
}

interface Slo {
  file: DicomFile
  pictures: Pictures
}

/** The picture the B-scans name; else the only one of the same eye. One that cannot be shown (colour, damaged) is left out. */
async function findSlo(opened: readonly DicomFile[], scan: DicomFile, frames: readonly FrameGroups[]): Promise<Slo | undefined> {
  const named = new Set(frames.map(groundOf).filter((uid) => uid !== ''))
  const photographs = opened.filter(({ kind }) => kind === 'op')
  const eye = eyeOf(scan.dataset)
  const alike = photographs.filter((file) => eye !== 'unknown' && eyeOf(file.dataset) === eye)
  const file = photographs.find(({ dataset }) => named.has(text(dataset, tag.sopInstance))) ?? (alike.length === 1 ? alike[0] : undefined)
  const pictures = file && (await shown(file))
  return file && pictures && { file, pictures }
}

/** A picture that is shown beside the scan, or undefined: it is no reason to refuse the scan. */
async function shown(file: DicomFile): Promise<Pictures | undefined> {
  if (!isGrey(file)) return undefined
  try {
    return await readPictures(file)
  } catch (error) {
    if (error instanceof ScansideError) return undefined
    throw error
  }
}

function describeSlo({ file, pictures }: Slo, spacing: { x: number; y: number }): SloInfo {
  const { field } = opticsOf(file.dataset)
  return {
    width: pictures.width,
    height: pictures.height,
    spacing,
    ...(field === undefined || field > 180 ? {} : { field }),
    pixels: { file: file.index, parts: pictures.frames[0] ?? [], coding: pictures.coding },
  }
}

async function enFacePictures(opened: readonly DicomFile[], ground: Ground | undefined): Promise<ReferencePicture[]> {
  const found: ReferencePicture[] = []
  for (const file of opened) {
    const pictures = file.kind === 'en-face' ? await shown(file) : undefined
    if (pictures === undefined) continue
    const { row, column } = spacingOf(file.dataset)
    const [place] = ground?.spacing ? placesOf(frameGroups(file, pictures.width).slice(0, 1), ground).locations : []
    found.push({
      label: plain(text(firstItem(file.dataset, tag.imageType), tag.meaning)) || 'En face',
      width: pictures.width,
      height: pictures.height,
      spacing: { x: column, y: row },
      ...(place?.kind === 'area' ? { place: { from: place.from, to: place.to } } : {}),
      pixels: { file: file.index, parts: pictures.frames[0] ?? [], coding: pictures.coding },
    })
  }
  return found
}
