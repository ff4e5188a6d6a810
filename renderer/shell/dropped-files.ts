/** From what a person dropped or chose to a list of files: folders are walked within bounds, and every file is looked at. */
import { ScansideError } from '../../oct/errors.ts'
import { needsFacts, needsTexts, pictureNames, type LookedAt as Sniffed } from '../../oct/formats/group.ts'
import type { ByteSource } from '../../oct/scan.ts'

/** A file with the folders it lay in, as far as they were dropped. */
export interface Found {
  file: File
  folder: string
}
export interface LookedAt extends Sniffed {
  file: File
}

/** Files of one drop, and folders one in another. */
export const mostDropped = 2_000
const deepest = 6
/** Files looked at together. */
const atOnce = 8
/** bytes; an export's text larger than this is not searched for names */
const largestText = 64_000_000

/** What `webkitGetAsEntry` gives, as far as it is used. */
export interface Entry {
  isFile: boolean
  isDirectory: boolean
  name: string
  file?(found: (file: File) => void, failed: (error: unknown) => void): void
  createReader?(): { readEntries(found: (entries: Entry[]) => void, failed: (error: unknown) => void): void }
}

/** Files a system leaves in folders. */
const systems = (name: string) => name.startsWith('.') || /^(thumbs\.db|desktop\.ini)$/i.test(name)

const children = async (folder: Entry): Promise<Entry[]> => {
  const reader = folder.createReader?.()
  const all: Entry[] = []
  // A reader gives them in portions, an empty one at the end.
  for (let more = reader !== undefined; more && all.length <= mostDropped; ) {
    const some = await new Promise<Entry[]>((found, failed) => reader?.readEntries(found, failed))
    all.push(...some)
    more = some.length > 0
  }
  return all
}

/**
 * Every file below the dropped entries.
 * @param tooMany the sentence for more than `mostDropped` files, or folders more than six deep: nothing of them is taken
 */
export const walk = async (entries: readonly Entry[], tooMany: string): Promise<Found[]> => {
  const found: Found[] = []
  const refuse = () => new ScansideError('invalid-argument', tooMany)
  const visit = async (entry: Entry, folder: string, depth: number): Promise<void> => {
    if (systems(entry.name)) return
    if (entry.isDirectory) {
      if (depth >= deepest) throw refuse()
      for (const child of await children(entry)) await visit(child, folder === '' ? entry.name : `${folder}/${entry.name}`, depth + 1)
    } else if (entry.isFile) {
      if (found.length >= mostDropped) throw refuse()
      found.push({ file: await new Promise<File>((done, failed) => entry.file?.(done, failed)), folder })
    }
  }
  for (const entry of entries) await visit(entry, '', 0)
  return found
}

/** As `walk`, of files that came without folders. */
export const flat = (files: readonly File[], tooMany: string): Found[] => {
  if (files.length > mostDropped) throw new ScansideError('invalid-argument', tooMany)
  return files.filter(({ name }) => !systems(name)).map((file) => ({ file, folder: '' }))
}

/** The text of an export, whatever its encoding says. */
const textOf = async (file: Blob): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const wide = bytes[1] === 0xfe || bytes[0] === 0xfe ? (bytes[0] === 0xfe ? 'utf-16be' : 'utf-16le') : 'utf-8'
  return new TextDecoder(wide).decode(bytes)
}

const sourceOf = (file: Blob): ByteSource => ({
  size: file.size,
  read: async (offset, length) => new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()),
})

/** What each file is, by its first bytes; and where several exports lie together, what tells them apart. */
export const lookAt = async (found: readonly Found[]): Promise<LookedAt[]> => {
  const { identify, identifyBytes } = await import('../../oct/formats/index.ts')
  const looked: LookedAt[] = []
  const inTurn = async <T>(items: readonly T[], work: (item: T) => Promise<void>) => {
    const queue = [...items]
    const hand = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next)
    }
    await Promise.all(Array.from({ length: atOnce }, hand))
  }
  await inTurn(found, async ({ file, folder }) => {
    const first = new Uint8Array(await file.slice(0, identifyBytes).arrayBuffer())
    looked.push({ file, folder, name: file.name, kind: first.length > 0 ? identify(first) : null })
  })
  if (needsTexts(looked)) {
    await inTurn(looked, async (one) => {
      if (one.kind === 'heidelberg-xml' && one.file.size <= largestText) one.speaksOf = pictureNames(await textOf(one.file))
    })
  }
  if (needsFacts(looked)) {
    const { dicomFacts } = await import('../../oct/formats/dicom/facts.ts')
    await inTurn(looked, async (one) => {
      if (one.kind === 'dicom-opt') one.dicom = await dicomFacts(sourceOf(one.file))
    })
  }
  return looked
}
