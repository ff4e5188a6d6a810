/** What services ask of the machine they run on: files, processes, and which installation this is. */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { notOpened } from './store/aside.ts'

const isInstallation = (text: string | null | undefined): text is string => /^[0-9a-f-]{36}$/.test(text ?? '')

/** The second place in which it is noted. */
export interface InstallationNotes {
  installation(): string | null
  noteInstallation(id: string): void
}

/**
 * An opaque id of this installation, made once: what it creates carries it, so that two desks on one engine leave each other's alone, and find
 * what an earlier life has left. Noted in two places, `file` and `notes`; a file that is something else is put aside.
 */
export function installationId(file: string, notes: InstallationNotes, now: Date): string {
  const written = textNow(file)?.trim()
  const noted = notes.installation()
  if (isInstallation(written)) {
    if (noted !== written) notes.noteInstallation(written)
    return written
  }
  const id = isInstallation(noted) ? noted : randomUUID()
  notes.noteInstallation(id)
  try {
    if (existsSync(file)) renameSync(file, `${file}.unreadable-${now.toISOString().replace(/[^0-9]/g, '')}`)
    writeFileSync(file, id, { mode: 0o600 })
  } catch (error) {
    if (!isInstallation(noted)) throw notOpened(error, 'Scanside’s own files')
  }
  return id
}

/**
 * This user's own folder.
 * @throws ScansideError where it cannot be made
 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw notOpened(error, 'Scanside’s own files')
  }
}

/** A file's text, or null where it cannot be read. */
export function textNow(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** A file's text, or null where there is none; rejects where it is there and cannot be read. */
export async function textOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export function knownPlatform(): 'linux' | 'darwin' | 'win32' {
  return process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux'
}

/** Bytes free on the disk of a folder; null where that is not told. */
export async function freeIn(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return null
  }
}
