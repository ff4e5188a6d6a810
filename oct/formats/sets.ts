/** From the files of a folder to the scans in them, by content: an XML export and the pictures it names are one scan, a DICOM tomography and its photograph too. */
import type { ByteSource } from '../scan.ts'
import { dicomFacts } from './dicom/facts.ts'
import { groupFiles, type LookedAt, needsTexts, pictureNames } from './group.ts'
import { textDecoder } from './heyex-xml/text.ts'
import { identify, identifyBytes } from './index.ts'

/** A file by its path below the folder, `/` between. */
export interface PlacedFile {
  path: string
  source: ByteSource
}

/** bytes; an export's text larger than this is not searched for names */
const largestText = 64_000_000
const textStep = 1_048_576

interface Indexed extends LookedAt {
  index: number
}

/**
 * Which files make up which scan, as indices into `files`: sets in the order of folders and names, within a set the file that leads first.
 * A file that ends in `.vol` is a set even when it is none, so that it is told; photographs without a tomography are none.
 */
export async function scanSets(files: readonly PlacedFile[]): Promise<number[][]> {
  const looked: Indexed[] = []
  for (const [index, { path, source }] of files.entries()) {
    const cut = path.lastIndexOf('/')
    const name = path.slice(cut + 1)
    const first = source.size === 0 ? new Uint8Array(0) : await source.read(0, Math.min(source.size, identifyBytes))
    const kind = (first.length > 0 ? identify(first) : null) ?? (/\.vol$/i.test(name) ? 'heidelberg-vol' : null)
    looked.push({ index, name, folder: cut < 0 ? '' : path.slice(0, cut), kind })
  }
  const several = needsTexts(looked)
  for (const file of looked) {
    const { source } = files[file.index] as PlacedFile
    if (several && file.kind === 'heidelberg-xml' && source.size <= largestText) file.speaksOf = pictureNames(await textOf(source))
    if (file.kind === 'dicom-opt') file.dicom = await dicomFacts(source)
  }
  const { sets } = groupFiles(looked)
  const photographs = (set: readonly Indexed[]) => set.every(({ kind, dicom }) => kind === 'dicom-opt' && dicom && dicom.kind !== 'opt')
  return sets.filter((set) => !photographs(set)).map((set) => set.map(({ index }) => index))
}

async function textOf(source: ByteSource): Promise<string> {
  const decode = textDecoder()
  let text = ''
  for (let at = 0; at < source.size; at += textStep) {
    const length = Math.min(textStep, source.size - at)
    text += decode(await source.read(at, length), at + length >= source.size)
  }
  return text
}
