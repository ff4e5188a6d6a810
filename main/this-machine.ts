/** What services ask of the machine they run on: files, processes, and which installation this is. */
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** An opaque id of this installation, made once: what it creates carries it, so that two desks on one engine leave each other's alone. */
export function installationId(file: string): string {
  const known = textNow(file)?.trim()
  if (known && /^[0-9a-f-]{36}$/.test(known)) return known
  const made = randomUUID()
  writeFileSync(file, made, { mode: 0o600 })
  return made
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
