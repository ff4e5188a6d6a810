/** What an ELF program needs to start: its interpreter and its shared libraries, read from its own tables. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { ScansideError } from '../../oct/errors.ts'

export interface Needs {
  /** Absolute path of the dynamic loader, null for a library. */
  interpreter: string | null
  /** Sonames, as DT_NEEDED lists them. */
  libraries: string[]
}

const segment = { dynamic: 2, interpreter: 3, load: 1 } as const
const tag = { end: 0, needed: 1, strings: 5 } as const

/** @throws ScansideError not-supported for anything but a 64-bit little-endian ELF file for x86-64 */
export function elfNeeds(file: Buffer): Needs {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1 || file.readUInt16LE(18) !== 62) {
    throw new ScansideError(
      'not-supported',
      'The Node binary for the image is not an x86-64 Linux program. Install the dependencies again with npm ci.',
    )
  }
  const segments = Array.from({ length: file.readUInt16LE(56) }, (_, i) => {
    const at = Number(file.readBigUInt64LE(32)) + i * file.readUInt16LE(54)
    const word = (offset: number) => Number(file.readBigUInt64LE(at + offset))
    return { type: file.readUInt32LE(at), offset: word(8), address: word(16), size: word(32) }
  })
  const interpreter = segments.find((each) => each.type === segment.interpreter)
  const dynamic = segments.find((each) => each.type === segment.dynamic)
  const libraries: number[] = []
  let strings = 0
  for (let at = dynamic?.offset ?? 0; dynamic !== undefined && at < dynamic.offset + dynamic.size; at += 16) {
    const value = Number(file.readBigUInt64LE(at + 8))
    const kind = Number(file.readBigUInt64LE(at))
    if (kind === tag.end) break
    if (kind === tag.needed) libraries.push(value)
    if (kind === tag.strings) strings = value
  }
  const home = segments.find((each) => each.type === segment.load && strings >= each.address && strings < each.address + each.size)
  const table = strings - (home?.address ?? 0) + (home?.offset ?? 0)
  return {
    interpreter: interpreter === undefined ? null : text(file, interpreter.offset),
    libraries: libraries.map((offset) => text(file, table + offset)),
  }
}

function text(file: Buffer, offset: number): string {
  return file.toString('latin1', offset, file.indexOf(0, offset))
}

export interface Library {
  /** Where it belongs in the image. */
  target: string
  /** Where it lies on this machine, links resolved. */
  source: string
  bytes: Buffer
}

const folders = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64']

/**
 * The loader and every library a program needs, transitively, sorted by their place in the image.
 * @throws ScansideError not-found where this system has one of them not
 */
export function closure(program: Buffer): Library[] {
  const libraries = new Map<string, Library>()
  const add = (target: string, candidates: string[]) => {
    if (libraries.has(target)) return
    const path = candidates.find((each) => existsSync(each))
    if (path === undefined) {
      throw new ScansideError(
        'not-found',
        `This system lacks ${target}, which the image needs. Build the image on Debian 12 with libstdc++6 installed.`,
      )
    }
    const source = realpathSync(path)
    const bytes = readFileSync(source)
    libraries.set(target, { target, source, bytes })
    follow(bytes)
  }
  const follow = (bytes: Buffer) => {
    const needs = elfNeeds(bytes)
    if (needs.interpreter !== null) add(needs.interpreter, [needs.interpreter])
    for (const name of needs.libraries) {
      // The loader is needed by name too; it must not be there twice.
      if (!name.startsWith('ld-linux'))
        add(
          `/lib/x86_64-linux-gnu/${name}`,
          folders.map((folder) => join(folder, name)),
        )
    }
  }
  follow(program)
  return [...libraries.values()].sort((a, b) => (a.target < b.target ? -1 : 1))
}
