/**
 * Reader of Heidelberg's XML export (HEDX) with its pictures. Identity (patient, birth date, operator, ids) is never read into the model.
 * Units of the export: B-scan places and scales in mm on the SLO, thickness in mm, the grid's centre in px of the SLO, rows in px.
 */
import { ScansideError } from '../../errors.ts'
import type { FrameInfo, FrameLocation, Laterality, Layer, NamedSource, Scan, ScanRemark, SloInfo } from '../../scan.ts'
import { maxSide, type PictureSize } from '../pictures/bounds.ts'
import { type ImageRecord, readDocument, type SeriesRecord } from './document.ts'
import { type CheckPicture, exportedInverted, type FindPicture, type FoundPicture, pictureChecker, pictureFinder, refOf } from './files.ts'
import { locationOf, patternOf, spacingBetween } from './geometry.ts'
import { gridsOf } from './grid.ts'
import { badTag } from './refuse.ts'
import { looseNumber, plainName, strictNumber, truth } from './values.ts'
import { acquiredAt } from './when.ts'

const context = 'OphthalmicAcquisitionContext'
const typeOf = (image: ImageRecord) => image.values.get('ImageType/Type')?.toUpperCase()

/** Whether a file is such an export, by its first bytes (some 1,000): XML whose root is HEDX, in any encoding. */
export function sniffHeyexXml(first: Uint8Array): boolean {
  let text = ''
  for (const byte of first.subarray(0, 4096)) if (byte !== 0 && byte < 0x7f) text += String.fromCharCode(byte)
  return /^\s*<(\?xml|HEDX|!--)/.test(text) && /<HEDX[\s>]/.test(text)
}

/**
 * The scan that export number `xml` of the set describes: its first series of which a B-scan's picture is in the set.
 * @throws ScansideError invalid-file or not-supported, naming the tag; invalid-file where none of its pictures is in the set
 */
export async function readHeyexXml(files: readonly NamedSource[], xml: number): Promise<Scan> {
  const document = files[xml]
  if (document === undefined) throw new ScansideError('invalid-argument', 'There is no such file in this set.', { file: xml })
  const all = await readDocument(document.source)
  const find = pictureFinder(files)
  let named = 0
  for (const series of all) {
    const frames = series.images.filter((image) => typeOf(image) === 'OCT')
    named += frames.length
    if (frames.some((image) => fileOf(image, find) !== undefined)) return scanOf(files, series, frames, find)
  }
  if (named === 0) throw badTag('Image', 'names no B-scan')
  throw new ScansideError(
    'invalid-file',
    `The XML export names ${named} B-scan pictures, and none of them is here (ExamURL). Nothing was changed; choose the whole export folder, not the XML file alone.`,
    { tag: 'ExamURL', pictures: named },
  )
}

async function scanOf(files: readonly NamedSource[], series: SeriesRecord, images: ImageRecord[], find: FindPicture): Promise<Scan> {
  const places = images.map(locationOf)
  const check = pictureChecker(files)
  const found = await foundPictures(images, find, check)
  const present = found.filter((each) => each !== undefined)
  const inverted = await exportedInverted(files, present)
  const frames: FrameInfo[] = []
  images.forEach((image, index) => {
    const picture = found[index]
    if (picture) frames.push(frameOf(image, frames.length, places[index] as FrameLocation, picture, inverted))
  })
  const localizer = series.images.find((image) => typeOf(image) === 'LOCALIZER')
  const slo = localizer && (await sloOf(localizer, find, check))
  const first = images[0] as ImageRecord
  const pattern = patternOf(places, series.values.get('Type') ?? '')
  const laterality = lateralityOf(series, images)
  const remarks: ScanRemark[] = []
  if (laterality === 'OS' && frames.some(({ location }) => location.kind === 'ring')) remarks.push('orientation-not-verified')
  if ([...present, slo].some((each) => each !== undefined && isJpg(each))) remarks.push('lossy')
  if (images.some(({ lines }) => lines.some((line) => line.enabled && line.rows === undefined))) remarks.push('layers-missing')
  if (present.length < images.length || (localizer && !slo)) remarks.push('pictures-missing')
  return {
    format: 'heidelberg-xml',
    device: deviceOf(series),
    formatVersion: plainName(series.values.get('SWVersion'), 40) || 'unknown',
    laterality,
    pattern,
    width: Math.max(...frames.map(({ width }) => width)),
    height: Math.max(...frames.map(({ height }) => height)),
    spacing: { lateral: scale(first, 'ScaleX'), axial: scale(first, 'ScaleY'), between: pattern === 'volume' ? spacingBetween(places) : 0 },
    ...described(series, images, localizer, frames),
    ...(slo && { slo }),
    pictures: [],
    frames,
    grids: gridsOf(series, localizer ? { x: scale(localizer, 'ScaleX'), y: scale(localizer, 'ScaleY') } : { x: 0, y: 0 }),
    remarks,
    ...acquiredAt(series, first),
  }
}

/** The picture of every B-scan; undefined where it is not in the set. */
async function foundPictures(images: ImageRecord[], find: FindPicture, check: CheckPicture): Promise<(FoundPicture | undefined)[]> {
  const found: (FoundPicture | undefined)[] = []
  for (const image of images) {
    const file = fileOf(image, find)
    found.push(file === undefined ? undefined : await check(file, sizeOf(image)))
  }
  return found
}

function frameOf(image: ImageRecord, index: number, location: FrameLocation, picture: FoundPicture, inverted: boolean): FrameInfo {
  const quality = looseNumber(image.values, `${context}/ImageQuality`, -100, 1000)
  const art = artOf(image)
  return {
    index,
    width: picture.info.width,
    height: picture.info.height,
    location,
    ...(quality !== undefined && { quality }),
    ...(art !== undefined && { art }),
    pixels: refOf(picture, inverted),
    layers: layersOf(image, picture.info.width),
  }
}

function layersOf(image: ImageRecord, width: number): Layer[] {
  const layers: Layer[] = []
  for (const { name, enabled, rows } of image.lines) {
    if (!enabled || rows === undefined) continue
    if (rows.length !== width) throw badTag('Array', 'holds a layer line that is not as long as its B-scan is wide', { values: rows.length, width })
    layers.push({ name: plainName(name, 16), rows })
  }
  return layers
}

async function sloOf(image: ImageRecord, find: FindPicture, check: CheckPicture): Promise<SloInfo | undefined> {
  const file = fileOf(image, find)
  if (file === undefined) return undefined
  const picture = await check(file, sizeOf(image))
  const field = looseNumber(image.values, `${context}/Angle`, 1, 180)
  return {
    width: picture.info.width,
    height: picture.info.height,
    spacing: { x: scale(image, 'ScaleX'), y: scale(image, 'ScaleY') },
    ...(field !== undefined && { field }),
    // The device inverts B-scans alone.
    pixels: refOf(picture, false),
  }
}

/** What the panel tells beside the pictures. */
function described(series: SeriesRecord, images: ImageRecord[], localizer: ImageRecord | undefined, frames: FrameInfo[]): Partial<Scan> {
  const every = [...images, ...(localizer ? [localizer] : [])]
  const focus = every.map((image) => looseNumber(image.values, `${context}/Focus`, -50, 50)).find((value) => value !== undefined)
  const mode = every.map((image) => image.values.get(`${context}/Resolution`)).find((text) => text === 'LORES' || text === 'HIRES')
  const width = looseNumber(series.values, 'OCTFieldSize/Width', 0, 180)
  const height = looseNumber(series.values, 'OCTFieldSize/Height', 0, 180)
  const art = frames[0]?.art
  const edi = truth((images[0] as ImageRecord).values, `${context}/EDI`)
  return {
    ...(focus !== undefined && { focus }),
    ...(mode && { resolution: mode === 'HIRES' ? 'HR' : 'HS' }),
    ...(width !== undefined && height !== undefined && { field: { width, height } }),
    ...(art !== undefined && frames.every((frame) => frame.art === art) && { art }),
    ...(edi !== undefined && images.every((image) => truth(image.values, `${context}/EDI`) === edi) && { edi }),
  }
}

/** The series' eye; `unknown` where the file says none or its B-scans say another. */
function lateralityOf(series: SeriesRecord, images: ImageRecord[]): Laterality {
  const said = new Set([series, ...images].map(({ values }) => values.get('Laterality')).filter((text) => text !== undefined && text !== ''))
  const [only] = said
  if (said.size !== 1) return 'unknown'
  return only === 'R' || only === 'OD' ? 'OD' : only === 'L' || only === 'OS' ? 'OS' : 'unknown'
}

function deviceOf(series: SeriesRecord): string {
  const maker = plainName(series.values.get('GeneralEquipment/Manufacturer'), 64)
  const model = plainName(series.values.get('GeneralEquipment/ManufacturerModelName'), 64)
  return `${maker === '' ? 'Heidelberg' : maker.replace(/^Heidelberg Engineering.*/, 'Heidelberg')} ${model}`.trim()
}

function fileOf(image: ImageRecord, find: FindPicture): number | undefined {
  const url = image.values.get('ImageData/ExamURL')
  return url === undefined ? undefined : find(url)
}

function sizeOf(image: ImageRecord): PictureSize {
  const side = (name: string) => {
    const value = strictNumber(image.values, `${context}/${name}`, 1, maxSide)
    if (value === undefined || !Number.isInteger(value)) throw badTag(name, 'does not say how large a picture is')
    return value
  }
  return { width: side('Width'), height: side('Height') }
}

/** mm per px; 0 where the file has none */
function scale(image: ImageRecord, name: 'ScaleX' | 'ScaleY'): number {
  return strictNumber(image.values, `${context}/${name}`, 0, 10) ?? 0
}

function artOf(image: ImageRecord): number | undefined {
  const art = looseNumber(image.values, `${context}/NumAve`, 1, 10_000)
  return art === undefined || !Number.isInteger(art) ? undefined : art
}

function isJpg({ info, pixels }: { info?: FoundPicture['info']; pixels?: SloInfo['pixels'] }): boolean {
  return info?.type === 'jpg' || (pixels?.coding.kind === 'picture' && pixels.coding.type === 'jpg')
}
