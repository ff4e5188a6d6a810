/**
 * Copies of XML exports without what names a person: written anew from the elements that `readDocument` reads and nothing else, so that
 * what is not known cannot come along. Times go too, and pictures get the names they have where the copy is read. Pseudonymised, never anonymous.
 */
import { SaxesParser } from 'saxes'
import type { ByteSource } from '../../scan.ts'
import { readExactly } from '../bytes.ts'
import { containers, kept, readDocument } from './document.ts'
import { badTag } from './refuse.ts'
import { textDecoder } from './text.ts'

const chunkBytes = 256 * 1024
const base = 'HEDX/BODY'
const version = [`${base}/SWVersion`, `${base}/SWVersion/Version`]
/** Elements around the records; empty but for the version. */
const around = new Set(['HEDX', base, `${base}/Patient`, `${base}/Patient/Study`, ...version])
const isTime = (path: string): boolean => path.startsWith('AcquisitionTime')
const line = new Set(['Name', 'Enabled', 'Array'])

/** A device's own words and numbers: nothing longer, no other signs. */
const plainValue = /^[\w .,:+/()[\]-]{1,64}$/
const numbers = /^[\d\s.eE+-]*$/
/** Values that are words; every other one of these records is a number. */
const wordsOf: Record<string, ReadonlySet<string>> = {
  series: new Set(['Type', 'Laterality', 'GeneralEquipment/Manufacturer', 'GeneralEquipment/ManufacturerModelName']),
  image: new Set(['Laterality', 'ImageType/Type']),
  grid: new Set(['Type']),
  zone: new Set(['Name']),
  line: new Set(['Name', 'Enabled']),
}
/** Those that are one of a few; of any other text nothing is kept but that it is none of them. */
const oneOf: Record<string, RegExp> = {
  Laterality: /^(R|L|OD|OS)$/,
  'OphthalmicAcquisitionContext/Resolution': /^(LORES|HIRES)$/,
  'OphthalmicAcquisitionContext/EDI': /^(true|false)$/i,
}

/** Every path on the way to one of these. */
function withParents(paths: Iterable<string>): Set<string> {
  const all = new Set<string>()
  for (const path of paths) for (let part = path; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('/')))) all.add(part)
  return all
}

const leaves: Record<string, ReadonlySet<string>> = {
  series: kept.series,
  image: new Set([...kept.image].filter((path) => !isTime(path))),
  grid: kept.grid,
  zone: kept.zone,
  line,
}
const open = Object.fromEntries(
  Object.entries(leaves).map(([kind, paths]) => [kind, withParents(kind === 'image' ? [...paths, 'Segmentation'] : paths)]),
)

/**
 * The export without identity, UTF-8.
 * @param nameOf the name a picture has beside the copy, by the address the export names it with; undefined where it is not there: the address is then left out
 * @throws ScansideError as `readDocument`
 */
export async function pseudonymiseHeyexXml(source: ByteSource, nameOf: (url: string) => string | undefined): Promise<Uint8Array<ArrayBuffer>> {
  // Its bounds and its being a whole document are held by the reader.
  await readDocument(source)
  const names: string[] = []
  /** Depth and kind of the open records, outermost first. */
  const records: { depth: number; kind: string }[] = []
  /** For each open element, whether it is written. */
  const written: boolean[] = []
  const out: string[] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
  let text = ''

  const place = () => {
    const record = records.at(-1)
    return { kind: record?.kind ?? null, path: names.slice(record?.depth ?? 0).join('/') }
  }
  const parser = new SaxesParser()
  parser.on('opentagstart', ({ name }) => {
    text = ''
    const kind = containers[`${names.at(-1)}/${name}`]
    names.push(name)
    const { kind: of, path } = place()
    // Below what is left out nothing is written, whatever it is called.
    const above = written.at(-1) ?? true
    const wanted = above && (kind !== undefined || (of === null ? around.has(path) : (open[of]?.has(path) ?? false)))
    if (kind !== undefined) records.push({ depth: names.length, kind })
    written.push(wanted)
    if (wanted) out.push(`<${name}>`)
  })
  parser.on('text', (part) => {
    text += part
  })
  parser.on('cdata', (part) => {
    text += part
  })
  parser.on('closetag', ({ name }) => {
    const record = records.at(-1)
    const isRecord = record?.depth === names.length
    const { kind, path } = place()
    if (written.pop()) {
      const value = isRecord ? '' : writtenValue(kind, path, text.trim(), nameOf)
      out.push(`${value}</${name}>`)
    }
    if (isRecord) records.pop()
    names.pop()
    text = ''
  })
  parser.on('error', () => {
    throw badTag('HEDX', 'is damaged')
  })
  const decode = textDecoder()
  for (let at = 0; at < source.size; at += chunkBytes) {
    const length = Math.min(chunkBytes, source.size - at)
    parser.write(decode(await readExactly(source, at, length), at + length === source.size))
  }
  parser.close()
  return asciiBytes(out)
}

function writtenValue(kind: string | null, path: string, text: string, nameOf: (url: string) => string | undefined): string {
  if (kind === null) return version.includes(path) && plainValue.test(text) ? text : ''
  if (!leaves[kind]?.has(path)) return ''
  if (kind === 'image' && path === 'ImageData/ExamURL') return escaped(nameOf(text) ?? '')
  if (kind === 'line' && path === 'Array') return numbers.test(text) ? text : ''
  const few = oneOf[path]
  if (few) return text === '' || few.test(text) ? text : '-'
  if (!wordsOf[kind]?.has(path) && !numbers.test(text)) return ''
  return plainValue.test(text) ? text : ''
}

const escaped = (text: string): string => text.replace(/[^\w .-]/g, '_')

/** All that is written is plain ASCII. */
function asciiBytes(parts: readonly string[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) for (let i = 0; i < part.length; i++) bytes[at++] = part.charCodeAt(i)
  return bytes
}
