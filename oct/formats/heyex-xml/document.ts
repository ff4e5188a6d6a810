/**
 * From the XML to plain records: only the elements named here are kept, so nothing of the patient, the operator or the ids ever is.
 * Read in chunks; depth, number of elements and length of a text are bounded, a document type (and with it every entity) is refused.
 */
import { SaxesParser } from 'saxes'
import { ScansideError } from '../../errors.ts'
import type { ByteSource } from '../../scan.ts'
import { readExactly } from '../bytes.ts'
import { badTag } from './refuse.ts'
import { textDecoder } from './text.ts'

/** A layer line of a B-scan as the file has it: the boundary's row per A-scan, NaN where not segmented. */
export interface LineRecord {
  name: string
  enabled: boolean
  rows?: Float32Array
}

/** An image: the texts of its elements by path (`OphthalmicAcquisitionContext/Width`). */
export interface ImageRecord {
  values: Map<string, string>
  lines: LineRecord[]
}

export interface GridRecord {
  values: Map<string, string>
  zones: Map<string, string>[]
}

export interface SeriesRecord {
  /** of the series, its study's date (`StudyDate/Date/Year`) and the software (`SWVersion/Version`) */
  values: Map<string, string>
  images: ImageRecord[]
  grids: GridRecord[]
}

/** bytes; 400 B-scans with eleven lines of 1,024 values are about 31 MB */
const maxBytes = 64 * 1024 * 1024
const chunkBytes = 256 * 1024
/** Characters between two tags: a line of 10,000 values is 130 kB. */
const maxText = 2 * 1024 * 1024
const maxDepth = 32
/** 1,000 B-scans with eleven lines have about 100,000. */
const maxElements = 500_000
const maxLineValues = 10_000
/** float32 of all layer lines together, 48 MB */
const maxValues = 12 * 1024 * 1024
/** Anything above is "not segmented": the export writes 3e+038. */
const absentAbove = 1e30

const context = 'OphthalmicAcquisitionContext'

/** What is read of each record, by the path below it. */
export const kept = {
  series: new Set([
    'Type',
    'Laterality',
    'GeneralEquipment/Manufacturer',
    'GeneralEquipment/ManufacturerModelName',
    'OCTFieldSize/Width',
    'OCTFieldSize/Height',
  ]),
  image: new Set([
    'Laterality',
    'ImageType/Type',
    'ImageData/ExamURL',
    ...['Hour', 'Minute', 'Second', 'UTCBias'].map((name) => `AcquisitionTime/Time/${name}`),
    ...['Width', 'Height', 'ScaleX', 'ScaleY', 'Angle', 'Focus', 'Resolution', 'NumAve', 'ImageQuality', 'EDI'].map((name) => `${context}/${name}`),
    ...['Start', 'End', 'Center'].flatMap((name) => [`${context}/${name}/Coord/X`, `${context}/${name}/Coord/Y`]),
  ]),
  grid: new Set(['Type', 'Diameter1', 'Diameter2', 'Diameter3', 'CenterPos/Coord/X', 'CenterPos/Coord/Y']),
  zone: new Set(['Name', 'AvgThickness', 'Volume', 'ValidPixelPercentage']),
}

/** Elements that are a record of their own, by their parent and name. */
export const containers: Record<string, 'series' | 'image' | 'grid' | 'zone' | 'line'> = {
  'Study/Series': 'series',
  'Series/Image': 'image',
  'Series/ThicknessGrid': 'grid',
  'ThicknessGrid/Zone': 'zone',
  'Segmentation/SegLine': 'line',
}

/**
 * Every series of an export, in the file's order.
 * @throws ScansideError invalid-file where it is no whole HEDX document, not-supported where it is larger than any export
 */
export async function readDocument(source: ByteSource): Promise<SeriesRecord[]> {
  if (source.size > maxBytes) throw tooMuch('is larger than any device writes it', 'HEDX', { bytes: source.size })
  const state = collector()
  const decode = textDecoder()
  for (let at = 0; at < source.size; at += chunkBytes) {
    const length = Math.min(chunkBytes, source.size - at)
    state.write(decode(await readExactly(source, at, length), at + length === source.size))
  }
  return state.end()
}

function collector(): { write(text: string): void; end(): SeriesRecord[] } {
  const parser = new SaxesParser({ position: true })
  const names: string[] = []
  /** Depth of the open containers, outermost first. */
  const bases: number[] = []
  const document = new Map<string, string>()
  const all: SeriesRecord[] = []
  let target: { keep: ReadonlySet<string>; values: Map<string, string> } | undefined
  const outer: (typeof target)[] = []
  let line: LineRecord | undefined
  let text = ''
  let elements = 0
  let values = 0
  /** characters since the last tag */
  let silent = 0

  const here = () =>
    names
      .at(-1)
      ?.replace(/[^\w.:-]/g, '?')
      .slice(0, 40) ?? 'HEDX'
  const at = () => ({ line: parser.line, offset: parser.position })

  const open = (name: string) => {
    text = ''
    silent = 0
    elements += 1
    // A study without a date has none: it is not the one before it.
    if (name === 'Study') for (const key of document.keys()) if (key !== 'SWVersion') document.delete(key)
    if (names.length === 0 && name !== 'HEDX') throw badTag('HEDX', 'is no Heidelberg export', at())
    if (elements > maxElements) throw tooMuch('holds more elements than any device writes', here(), at())
    const kind = containers[`${names.at(-1)}/${name}`]
    names.push(name)
    if (names.length > maxDepth) throw tooMuch('is nested deeper than any device writes it', here(), at())
    if (kind === undefined) return
    const series = all.at(-1)
    if (kind === 'line') {
      line = { name: '', enabled: true }
      series?.images.at(-1)?.lines.push(line)
    } else {
      outer.push(target)
      target = { keep: kept[kind], values: new Map() }
      if (kind === 'series') {
        for (const [key, value] of document) target.values.set(key, value)
        all.push({ values: target.values, images: [], grids: [] })
      } else if (kind === 'image') series?.images.push({ values: target.values, lines: [] })
      else if (kind === 'grid') series?.grids.push({ values: target.values, zones: [] })
      else series?.grids.at(-1)?.zones.push(target.values)
    }
    bases.push(names.length)
  }

  const takeLine = (record: LineRecord, name: string | undefined) => {
    if (name === 'Name') record.name = text.trim()
    if (name === 'Enabled') record.enabled = text.trim().toLowerCase() === 'true'
    if (name !== 'Array') return
    const rows = rowsOf(text, () => badTag('Array', 'holds a layer line that is no list of numbers', at()))
    // A list of nothing is a line that the file names and does not carry.
    if (rows.length === 0) return
    record.rows = rows
    values += rows.length
    if (values > maxValues) throw tooMuch('holds more layer lines than any device writes', 'Array', at())
  }

  const close = () => {
    silent = 0
    const path = names.slice(bases.at(-1) ?? 0).join('/')
    if (path === '') {
      bases.pop()
      if (line) line = undefined
      else target = outer.pop()
    } else if (line) takeLine(line, path)
    else if (target?.keep.has(path)) target.values.set(path, text.trim().slice(0, 1024))
    else if (path === 'HEDX/BODY/SWVersion/Version' || path === 'HEDX/BODY/SWVersion') {
      if (text.trim() !== '') document.set('SWVersion', text.trim())
    } else if (path.startsWith('HEDX/BODY/Patient/Study/StudyDate/Date/')) document.set(path.slice('HEDX/BODY/Patient/Study/'.length), text.trim())
    names.pop()
    text = ''
  }

  const broken = () => badTag(here(), `is damaged at line ${parser.line}`, at())
  parser.on('opentagstart', (tag) => open(tag.name))
  parser.on('text', (part) => {
    text += part
  })
  parser.on('cdata', (part) => {
    text += part
  })
  parser.on('closetag', close)
  parser.on('doctype', () => {
    throw new ScansideError(
      'not-supported',
      'The XML export declares a document type, which no device writes (DOCTYPE). Nothing was changed; export the scan again from the device.',
      { tag: 'DOCTYPE', ...at() },
    )
  })
  parser.on('error', () => {
    throw broken()
  })
  return {
    write(part) {
      silent += part.length
      parser.write(part)
      if (silent > maxText + part.length) throw tooMuch('holds a longer text than any device writes', here(), at())
    },
    end() {
      if (elements === 0) throw badTag('HEDX', 'holds no export')
      parser.close()
      return all
    },
  }
}

/** A line's rows; `Infinity` and the like are no number in an export. */
function rowsOf(text: string, bad: () => ScansideError): Float32Array {
  const words = text.trim() === '' ? [] : text.trim().split(/\s+/, maxLineValues + 1)
  if (words.length > maxLineValues) throw bad()
  const rows = new Float32Array(words.length)
  for (let i = 0; i < rows.length; i++) {
    const value = Number(words[i])
    if (!Number.isFinite(value)) throw bad()
    rows[i] = Math.abs(value) > absentAbove ? Number.NaN : value
  }
  return rows
}

function tooMuch(what: string, tag: string, details: Record<string, number>): ScansideError {
  return new ScansideError('not-supported', `The XML export ${what} (${tag}). Nothing was changed; export the scan again from the device.`, {
    tag,
    ...details,
  })
}
