/** When a file in a watched folder is whole, by what it says of itself. Reads ranges; a name never decides what a file is. */

import { ScansideError } from '../../oct/errors.ts'
import { ascii, readExactly } from '../../oct/formats/bytes.ts'
import { dicomPart } from '../../oct/formats/dicom/part.ts'
import { textDecoder } from '../../oct/formats/heyex-xml/text.ts'
import { readIdentity } from '../../oct/formats/identity.ts'
import { parseHeader } from '../../oct/formats/vol-header.ts'
import { blockOffset, fileHeaderBytes, layoutBytes } from '../../oct/formats/vol-layout.ts'
import type { ByteSource, Scan } from '../../oct/scan.ts'
import type { VolHead } from './listing.ts'

/**
 * - `no`: more is to come.
 * - `yes`: as long as its header promises, to the end of its last part.
 * - `unsure`: nothing in it says how long it will be: it is taken once it has not changed between two looks.
 */
export type Wholeness = 'no' | 'yes' | 'unsure'

/** bytes of a thickness grid behind the last B-scan, by its type: circular ones, and rectangular ones of 2 x 5, 2 x 10 and 8 x 8 cells */
const gridBytes: Record<number, number> = { 1: 132, 2: 132, 3: 132, 8: 120, 9: 200, 10: 552 }
const largestXml = 64 * 1024 * 1024
const mostPictures = 4_000

/** A RAW export: its header's size, every grid it names, and the mark of its last B-scan (a copy may reserve the room before it fills it). */
export async function volWhole(source: ByteSource): Promise<Wholeness> {
  if (source.size < fileHeaderBytes) return 'no'
  try {
    const head = parseHeader(await readExactly(source, 0, fileHeaderBytes))
    const end = Math.max(layoutBytes(head), ...head.grids.map(({ type, offset }) => offset + (gridBytes[type] ?? 0)))
    if (source.size < end) return 'no'
    const last = await readExactly(source, blockOffset(head, head.frames - 1), 12)
    return ascii(last, 0, 12).startsWith('HSF-BS-') ? 'yes' : 'unsure'
  } catch (error) {
    // A header that promises nothing possible: the reader will say what is wrong with it.
    if (error instanceof ScansideError) return 'unsure'
    throw error
  }
}

/** What can be told of a RAW export by its header alone; null before that is there. */
export async function volLook(source: ByteSource): Promise<Pick<Scan, 'pattern' | 'laterality' | 'device' | 'acquiredAt'> | null> {
  if (source.size < fileHeaderBytes) return null
  const { pattern, laterality, acquiredAt } = parseHeader(await readExactly(source, 0, fileHeaderBytes))
  return { pattern, laterality, device: 'Heidelberg Spectralis', ...(acquiredAt === undefined ? {} : { acquiredAt }) }
}

/** The same with whose it is; null where the header is none. */
export async function volHead(source: ByteSource): Promise<VolHead | null> {
  try {
    const look = await volLook(source)
    return look && { ...look, ...(await readIdentity([{ name: '', source }])) }
  } catch (error) {
    if (error instanceof ScansideError) return null
    throw error
  }
}

/** The pictures an XML export names, by the last part of their addresses; null while its end is not there. */
export async function xmlPictures(source: ByteSource): Promise<string[] | null> {
  if (source.size > largestXml) return []
  const decode = textDecoder()
  const step = 1024 * 1024
  const names = new Set<string>()
  let rest = ''
  for (let at = 0; at < source.size; at += step) {
    const length = Math.min(step, source.size - at)
    rest += decode(await readExactly(source, at, length), at + length === source.size)
    for (const [, url = ''] of rest.matchAll(/<ExamURL>([^<]{1,2000})<\/ExamURL>/g)) {
      const last = url.split(/[\\/]/).at(-1)?.trim() ?? ''
      if (last !== '' && names.size < mostPictures) names.add(xmlText(last))
    }
    // An address may lie across two pieces; whatever is found twice counts once.
    rest = rest.slice(-4_096)
  }
  return /<\/HEDX>\s*\0*$/.test(rest) ? [...names] : null
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" }
const xmlText = (text: string) => text.replace(/&(amp|lt|gt|quot|apos);/g, (entity) => entities[entity] ?? entity)

/** How a picture's name is looked for: as an export's reader does. */
export const pictureKey = (name: string): string => name.normalize('NFC').toLowerCase()
export const pictureKeys = (address: string): string[] => {
  try {
    return [pictureKey(address), pictureKey(decodeURIComponent(address))]
  } catch {
    return [pictureKey(address)]
  }
}

/** What a DICOM file is part of; `no` while its pictures are not all there, null where it is no part of a scan. */
export async function dicomWhole(source: ByteSource): Promise<Awaited<ReturnType<typeof dicomPart>> | 'no'> {
  try {
    return await dicomPart(source)
  } catch (error) {
    if (error instanceof ScansideError) return 'no'
    throw error
  }
}
