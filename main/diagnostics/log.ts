/**
 * The local log: JSON lines in files of a day each, closed to everybody else, with an end in size and in time. What a line may hold is in
 * `log-line.ts`. Nothing of it is sent anywhere; writing it never fails anybody else's work.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { logLine } from './log-line.ts'

/** Where it lies in a desk's folder. */
export const logFolder = (dataFolder: string): string => join(dataFolder, 'log')

/** bytes a file may have before the day's next one is begun, and all of them together when it is: with it they stay below 20 MB. */
export const logLimits = { fileBytes: 1_000_000, allBytes: 18_000_000 } as const

const named = /^(\d{4}-\d{2}-\d{2})(?:-(\d{1,9}))?\.jsonl$/
const dayOf = (at: Date) => at.toISOString().slice(0, 10)
const fileOf = (day: string, part: number) => (part === 0 ? `${day}.jsonl` : `${day}-${part}.jsonl`)
const partOf = (name: string): [string, number] => {
  const [, day = '', part = '0'] = named.exec(name) ?? []
  return [day, Number(part)]
}
const inOrder = (names: readonly string[]): string[] =>
  names
    .filter((name) => named.test(name))
    .sort((a, b) => {
      const [dayA, partA] = partOf(a)
      const [dayB, partB] = partOf(b)
      return dayA === dayB ? partA - partB : dayA < dayB ? -1 : 1
    })

/** The file the next line goes to. `sizeOf` answers bytes. */
export function fileToWrite(names: readonly string[], day: string, sizeOf: (name: string) => number): string {
  const last = inOrder(names).findLast((name) => name.startsWith(day))
  if (last === undefined) return fileOf(day, 0)
  return sizeOf(last) < logLimits.fileBytes ? last : fileOf(day, partOf(last)[1] + 1)
}

/** Files whose time is over, and the oldest of those that are too much. `days` null: by size alone. Files of other names are nobody's business. */
export function filesToRemove(names: readonly string[], today: string, days: number | null, sizeOf: (name: string) => number): string[] {
  const oldest = days === null ? '' : dayOf(new Date(Date.parse(today) - days * 86_400_000))
  let bytes = 0
  return inOrder(names)
    .reverse()
    .filter((name) => {
      bytes += sizeOf(name)
      return partOf(name)[0] < oldest || bytes > logLimits.allBytes
    })
    .reverse()
}

const listed = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
const sizeIn = (folder: string) => (name: string) => {
  try {
    return statSync(join(folder, name)).size
  } catch {
    return 0
  }
}

/** Removes what is too old or too much; answers how many files. */
export function pruneLog(folder: string, days: number | null, now: Date): number {
  const gone = filesToRemove(listed(folder), dayOf(now), days, sizeIn(folder))
  for (const name of gone) rmSync(join(folder, name), { force: true })
  return gone.length
}

/** The newest lines, oldest first. */
export function lastLines(folder: string, most: number): string[] {
  const lines: string[] = []
  for (const name of inOrder(listed(folder)).reverse()) {
    let text: string
    try {
      text = readFileSync(join(folder, name), 'utf8')
    } catch {
      continue
    }
    lines.unshift(...text.split('\n').filter((line) => line !== ''))
    if (lines.length >= most) break
  }
  return lines.slice(-most)
}

function append(folder: string, line: string, now: Date): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const names = listed(folder)
    const name = fileToWrite(names, dayOf(now), sizeIn(folder))
    appendFileSync(join(folder, name), `${line}\n`, { mode: 0o600 })
    if (!names.includes(name)) pruneLog(folder, null, now)
  } catch {
    // There is nowhere left to say so.
  }
}

export interface LogOptions {
  folder: string
  /**
   * Where developers look: whatever was thrown, whole. Null in the packed application, whose console gets the same line as the file: what a
   * person's terminal or a service's journal keeps must hold no more than the log does.
   */
  forDevelopers: ((where: string, error: unknown) => void) | null
  /** The console of the packed application. */
  out(line: string): void
  now(): Date
}

/** How unexpected errors are written down. Never throws: a disk that is full is no reason for anything else to fail. */
export function createLog({ folder, forDevelopers, out, now }: LogOptions): (where: string, error: unknown) => void {
  return (where, error) => {
    let line: string
    try {
      line = JSON.stringify(logLine(now(), where, error))
    } catch {
      // A thrown thing with a will of its own (a getter that throws).
      line = JSON.stringify({ time: now().toISOString(), where: 'elsewhere', error: 'thrown' })
    }
    if (forDevelopers) forDevelopers(where, error)
    else out(line)
    append(folder, line, now())
  }
}

/** One more line that is no error: that a desk began, and as what. Facts are words of this program. */
export function noteStart(folder: string, facts: Record<string, string>, now: Date): void {
  append(folder, JSON.stringify({ time: now.toISOString(), where: 'start', ...facts }), now)
}

/** The log of a front: in the packed application nothing more goes to the console than to the file. */
export const frontLog = (dataFolder: string, packed: boolean): ((where: string, error: unknown) => void) =>
  createLog({
    folder: logFolder(dataFolder),
    forDevelopers: packed ? null : (where, error) => console.error(`scanside: ${where}:`, error),
    out: (line) => console.error(line),
    now: () => new Date(),
  })
