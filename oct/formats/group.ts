/** Which files belong together. What a file is was read from its bytes; names only order them, and find an export's pictures. */
import type { ScanFormat } from '../scan.ts'
import { type DicomFacts, dicomScans } from './dicom/groups.ts'

export interface LookedAt {
  /** The file's own name, and the folders above it as far as they are known, `/` between. */
  name: string
  folder: string
  kind: ScanFormat | 'picture' | null
  /** Names of the pictures an XML export speaks of, lower case; absent where they were not looked for. */
  speaksOf?: ReadonlySet<string>
  /** As in `Described` of dicom/groups. */
  dicom?: DicomFacts | null
}

export type GroupProblem = 'pictures-alone' | 'not-a-scan'

export type Groups<T> = { sets: T[][]; problem: null } | { sets: []; problem: GroupProblem }

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
const byPlace = (a: LookedAt, b: LookedAt): number => natural.compare(a.folder, b.folder) || natural.compare(a.name, b.name)

/** Whether the text of the XML exports is needed to tell whose a picture is. */
export const needsTexts = (files: readonly LookedAt[]): boolean => files.filter(({ kind }) => kind === 'heidelberg-xml').length > 1

/** Whether what the DICOM files say of themselves is needed to tell scans apart. */
export const needsFacts = (files: readonly LookedAt[]): boolean => files.filter(({ kind }) => kind === 'dicom-opt').length > 1

/** The pictures of an XML export: those it speaks of, where that was looked for; else those beside it; the only export takes what there is. */
const picturesOf = <T extends LookedAt>(xml: T, pictures: readonly T[], only: boolean): T[] => {
  const beside = pictures.filter(({ folder }) => folder === xml.folder)
  if (only) return beside.length > 0 ? beside : [...pictures]
  const named = xml.speaksOf && pictures.filter(({ name }) => xml.speaksOf?.has(name.toLowerCase()))
  if (!named) return beside
  const both = beside.filter((picture) => named.includes(picture))
  return both.length > 0 ? both : named
}

/**
 * Each set is one scan: an XML export with its pictures, a DICOM tomography with the pictures it lies on, every other file for itself. Sets and files are in the
 * order of folders and names, an export's XML before its pictures. What is no part of a scan is left aside.
 */
export const groupFiles = <T extends LookedAt>(files: readonly T[]): Groups<T> => {
  const sorted = [...files].sort(byPlace)
  const of = (kind: LookedAt['kind']) => sorted.filter((file) => file.kind === kind)
  const pictures = of('picture')
  const exports = of('heidelberg-xml')
  const sets = [
    ...exports.map((xml) => [xml, ...picturesOf(xml, pictures, exports.length === 1)]),
    ...dicomScans(of('dicom-opt')),
    ...[...of('heidelberg-vol'), ...of('heidelberg-e2e')].map((file) => [file]),
  ].sort(([a], [b]) => (a && b ? byPlace(a, b) : 0))
  if (sets.length > 0) return { sets, problem: null }
  return { sets: [], problem: pictures.length > 0 ? 'pictures-alone' : 'not-a-scan' }
}

const unescaped = (name: string): string => {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Characters no name of a file has. */
const besideNames = /[\\/<>"|?*:\r\n]/
const longestName = 200

/**
 * Names of pictures in the text of an XML export, lower case; those of an address as they are written and as they are meant. Ends are looked for, and from
 * there back to the name's beginning: an export is mostly numbers with points, at each of which a name might otherwise seem to begin.
 */
export const pictureNames = (text: string): Set<string> => {
  const names = new Set<string>()
  for (const { 0: ending, index } of text.matchAll(/\.(?:tiff?|png|jpe?g|bmp)/gi)) {
    let from = index
    while (from > 0 && index - from < longestName && !besideNames.test(text.charAt(from - 1))) from--
    const name = text.slice(from, index).trim().replaceAll('&amp;', '&').toLowerCase()
    if (name === '') continue
    names.add(`${name}${ending.toLowerCase()}`)
    names.add(unescaped(`${name}${ending.toLowerCase()}`))
  }
  return names
}
