/** What a site's recovery key opens of a desk's outbox: files as they would have gone to the archive. The desk's folder is only read. */
import type { KeyObject } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type ItemContent, openAbout, openBytes, readHeader, unwrapByRecovery } from '../main/outbox/seal.ts'
import { ScansideError } from '../oct/errors.ts'

export interface RecoveredItem extends ItemContent {
  /** Below the folder it was written to. */
  file: string
  createdAt: string
  size: number
}
export interface LeftItem {
  /** Its name in the desk's folder. */
  item: string
  why: string
}
export interface Recovered {
  recovered: RecoveredItem[]
  left: LeftItem[]
}

const itemName = /\.item(?:\.tmp|\.damaged-\d+)?$/

/** A part of a path that stays one, whatever an archive calls its things. */
const part = (text: string): string => {
  const plain = text.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 100)
  return /^\.*$/.test(plain) ? '_' : plain
}

/** Where an item's file goes: archive, project, subject, session, resource, and its published name. */
export const pathOf = ({ archive, session, name }: ItemContent): string =>
  [archive.replace(/^https?:\/\//, ''), session.project, session.subject, session.session, 'SCANSIDE', ...name.split('/')].map(part).join('/')

const openItem = (file: Buffer, key: KeyObject): { content: ItemContent; bytes: Buffer; createdAt: string } => {
  const found = readHeader(file)
  if (found.is === 'newer') throw new ScansideError('not-supported', 'packed by a newer Scanside: use that version’s scanside-recover')
  if (found.is === 'destroyed') throw new ScansideError('not-found', 'its keys were destroyed: it had arrived in its archive')
  if (found.is === 'damaged') throw new ScansideError('integrity', 'damaged')
  const itemKey = unwrapByRecovery(found.header, key)
  if (!itemKey) throw new ScansideError('forbidden', 'not packed for this recovery key')
  const content = openAbout(found.header, itemKey)
  return { content, bytes: openBytes(found.header, itemKey, file.subarray(found.headerBytes)), createdAt: found.header.createdAt }
}

/** Opens every item of `folder` and writes what was in it below `out`, for its owner alone; a file that is there with another content is not touched. */
export const recoverFolder = async (folder: string, key: KeyObject, out: string): Promise<Recovered> => {
  const recovered: RecoveredItem[] = []
  const left: LeftItem[] = []
  for (const item of (await readdir(folder)).filter((name) => itemName.test(name)).sort()) {
    try {
      const { content, bytes, createdAt } = openItem(await readFile(join(folder, item)), key)
      const file = pathOf(content)
      await mkdir(join(out, dirname(file)), { recursive: true, mode: 0o700 })
      try {
        await writeFile(join(out, file), bytes, { flag: 'wx', mode: 0o600 })
      } catch (error) {
        const there = await readFile(join(out, file)).catch(() => null)
        if (!there) throw error
        if (!there.equals(bytes)) throw new ScansideError('conflict', `another file is there already: ${file}`)
      }
      recovered.push({ file, createdAt, size: bytes.length, ...content })
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      left.push({
        item,
        why: error instanceof ScansideError ? (code === 'integrity' ? 'damaged' : error.message) : `it could not be written (${code})`,
      })
    }
  }
  return { recovered, left }
}
