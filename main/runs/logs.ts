/** Logs of runs: bounded, numbered, and announced at most once every 16 ms, so that a container that shouts cannot hurt the window. */
import type { LogLine } from '../engines/engine.ts'

export const keptLines = 1_000
export const maxLineLength = 4_000
const keptRuns = 50
const batchMs = 16

/** A line without terminal escapes and control characters, at most 4,000 characters. Tabs stay. */
export const cleanLine = (text: string): string => {
  const esc = String.fromCharCode(0x1b)
  const bare = text.slice(0, maxLineLength * 2).replace(new RegExp(`${esc}\\[[0-9;?]*[ -/]*[@-~]`, 'g'), '')
  const clean = Array.from(bare, (c) => ((c < ' ' && c !== '\t') || c === '\u007f' ? '' : c)).join('')
  return clean.length > maxLineLength ? `${clean.slice(0, maxLineLength)}…` : clean
}

/**
 * Progress told on stdout, 0..1: `progress 0.42`, `progress 42%`, `progress 3/61`, upper or lower case, with or without a colon.
 * Null for every other line.
 */
export const progressOf = (text: string): number | null => {
  const found = /^\s*progress:?\s+(\d{1,9}(?:\.\d{1,9})?)\s*(%|\/\s*(\d{1,9}))?\s*$/i.exec(text)
  if (!found) return null
  const value = Number(found[1])
  const part = found[3] !== undefined ? value / Number(found[3]) : found[2] === '%' ? value / 100 : value
  return Number.isFinite(part) && part >= 0 && part <= 1 ? part : null
}

export interface Logs {
  add(run: string, line: Omit<LogLine, 'seq'>): void
  /** Lines after `after`, and how many older lines are gone. Null for a run this session has not seen. */
  get(run: string, after: number): { lines: LogLine[]; dropped: number } | null
}

/**
 * @param announce told the newest `seq` of a run whose log grew
 * @param schedule calls back later (setTimeout)
 */
export const createLogs = (announce: (run: string, seq: number) => void, schedule: (work: () => void, ms: number) => void): Logs => {
  const rings = new Map<string, { lines: LogLine[]; seq: number }>()
  const grown = new Set<string>()
  const tell = () => {
    for (const run of grown) announce(run, rings.get(run)?.seq ?? 0)
    grown.clear()
  }
  return {
    add: (run, line) => {
      const ring = rings.get(run) ?? { lines: [], seq: 0 }
      // Last in line: what goes is the log that has been silent longest, never one that a run is writing.
      rings.delete(run)
      rings.set(run, ring)
      for (const oldest of rings.keys()) if (rings.size > keptRuns) rings.delete(oldest)
      ring.seq++
      ring.lines.push({ ...line, seq: ring.seq, text: cleanLine(line.text) })
      if (ring.lines.length > keptLines * 1.25) ring.lines.splice(0, ring.lines.length - keptLines)
      if (grown.size === 0) schedule(tell, batchMs)
      grown.add(run)
    },
    get: (run, after) => {
      const ring = rings.get(run)
      if (!ring) return null
      const lines = ring.lines.slice(-keptLines)
      return { lines: lines.filter((line) => line.seq > after), dropped: Math.max(0, ring.seq - lines.length) }
    },
  }
}
