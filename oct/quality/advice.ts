/** The sentence: what is wrong, where, and what to do. What to turn at a device is said only where a reviewed advice of the profile says it. */
import type { Criterion, Interval, ScanResult, Status } from '../results.ts'
import { rankOf, wrongOf } from './advice-words.ts'
import type { Profile, ReviewedAdvice, Words } from './profile.ts'

export interface Sentence {
  what: Words
  /** Null where the place is not known, or the whole scan is meant. */
  where: Words | null
  todo: Words
  /** Of a reviewed advice; null where none was used. */
  source: string | null
  reviewer: string | null
}

const severity: readonly Status[] = ['fail', 'warn', 'unknown', 'pass']

/** The criterion that is told: of those that decided, a fail before a warning, then the most conclusive. */
function telling(result: ScanResult): Criterion | null {
  const deciding = result.criteria.filter(({ id }) => result.decidedBy.includes(id))
  const order = (each: Criterion) => severity.indexOf(each.status) * 1000 + rankOf(each.id)
  return deciding.sort((a, b) => order(a) - order(b))[0] ?? null
}

/**
 * The sentence for a result, in the window's two languages.
 * @param profile the one that judged it: its protocols name the scan, its advice says what to do
 */
export function sentenceOf(result: ScanResult, profile: Profile): Sentence {
  const none = { where: null, source: null, reviewer: null }
  if (result.verdict === 'unknown') return { ...none, what: unread, todo: result.error?.code === 'not-supported' ? exportPlain : exportAgain }
  if (result.verdict === 'usable')
    return { ...none, what: { en: 'No technical fault found.', de: 'Kein technischer Mangel gefunden.' }, todo: { en: 'Keep it.', de: 'Behalten.' } }
  const told = telling(result)
  if (!told) return { ...none, what: { en: 'A reader should look at this scan.', de: 'Ein Reader sollte diese Aufnahme ansehen.' }, todo: askReader }
  // What to turn follows from what is wrong: of what could not be measured nobody knows.
  const reviewed = told.status === 'unknown' ? null : adviceFor(result, profile, told.id)
  return {
    what: wrongOf(told.id, told.status),
    where: told.status === 'unknown' ? null : whereOf(result, told.id),
    todo: reviewed?.todo ?? todoOf(result, profile, told.id),
    source: reviewed?.source ?? null,
    reviewer: reviewed?.reviewer ?? null,
  }
}

const unread: Words = { en: 'This scan could not be read.', de: 'Diese Aufnahme konnte nicht gelesen werden.' }
const exportAgain: Words = { en: 'Export it from the device again.', de: 'Noch einmal vom Gerät exportieren.' }
const exportPlain: Words = { en: 'Export it without compression.', de: 'Ohne Kompression exportieren.' }
const askReader: Words = { en: 'Ask a reader.', de: 'Einen Reader fragen.' }
const checkEye: Words = { en: 'Check the eye.', de: 'Das Auge prüfen.' }
const correctLines: Words = { en: 'Correct the layer lines.', de: 'Die Schichtgrenzen korrigieren.' }

/** The advice for this device and criterion, or for what the criterion is a part of. An advice without a reviewer cannot be in a profile. */
function adviceFor({ facts }: ScanResult, { advice }: Profile, id: string): ReviewedAdvice | null {
  if (!facts) return null
  const here = advice.filter(({ device }) => facts.device.startsWith(device))
  for (let part = id; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('.')))) {
    const found = here.find(({ criterion }) => criterion === part)
    if (found) return found
  }
  return null
}

function todoOf(result: ScanResult, profile: Profile, id: string): Words {
  if (id === 'L' || id.startsWith('L.')) return checkEye
  if (result.action === 'correct-layers') return correctLines
  if (result.action === 'ask-reader') return askReader
  if (result.action === 'keep') return { en: 'Keep it.', de: 'Behalten.' }
  const label = profile.protocols.find(({ id: protocol }) => protocol === result.facts?.protocol)?.label
  const eye = result.facts?.laterality
  const name = label ?? { en: 'this scan', de: 'diese Aufnahme' }
  if (eye === 'OD' || eye === 'OS') {
    const side = eye === 'OD' ? { en: 'right eye', de: 'rechtes Auge' } : { en: 'left eye', de: 'linkes Auge' }
    return label
      ? { en: `Take ${name.en}, ${side.en}, again.`, de: `${name.de}, ${side.de}, wiederholen.` }
      : { en: `Take this scan again, ${side.en}.`, de: `Diese Aufnahme wiederholen, ${side.de}.` }
  }
  return label ? { en: `Take ${name.en} again.`, de: `${name.de} wiederholen.` } : { en: 'Take this scan again.', de: 'Diese Aufnahme wiederholen.' }
}

/** The kinds of intervals that show where a criterion was not met. */
function kindsOf(id: string): Interval['kind'][] {
  if (id === 'completeness.upper' || id === 'completeness.folded') return ['cut-upper']
  if (id === 'completeness.lower') return ['cut-lower']
  if (id === 'completeness.signal' || id === 'motion.blank') return ['signal-missing']
  if (id === 'completeness') return ['cut-upper', 'cut-lower', 'signal-missing']
  if (id === 'S' || id.startsWith('S.')) return ['high-noise']
  if (id === 'I.bscan') return ['bad-illumination']
  return []
}

function whereOf(result: ScanResult, id: string): Words | null {
  const kinds = kindsOf(id)
  const { facts } = result
  const there = result.intervals.filter(({ kind }) => kinds.includes(kind))
  if (!facts || facts.width === 0 || there.length === 0) return null
  return facts.frames > 1 ? inBScans(there, facts.frames) : alongBScan(there, facts)
}

/** Which B-scans, counted from 1 as the viewer does. */
function inBScans(there: readonly Interval[], frames: number): Words | null {
  const hit = [...new Set(there.map(({ frame }) => frame + 1))].sort((a, b) => a - b)
  if (hit.length === frames) return { en: 'In every B-scan.', de: 'In jedem B-Scan.' }
  const runs: [number, number][] = []
  for (const frame of hit) {
    const last = runs.at(-1)
    if (last && last[1] === frame - 1) last[1] = frame
    else runs.push([frame, frame])
  }
  if (runs.length > 3) return { en: `In ${hit.length} of ${frames} B-scans.`, de: `In ${hit.length} von ${frames} B-Scans.` }
  const list = (to: string, and: string) =>
    runs
      .map(([a, b]) => (a === b ? `${a}` : `${a} ${to} ${b}`))
      .reduce((text, run, i) => (i === 0 ? run : i === runs.length - 1 ? `${text} ${and} ${run}` : `${text}, ${run}`), '')
  return hit.length === 1
    ? { en: `In B-scan ${hit[0]} of ${frames}.`, de: `In B-Scan ${hit[0]} von ${frames}.` }
    : { en: `In B-scans ${list('to', 'and')} of ${frames}.`, de: `In den B-Scans ${list('bis', 'und')} von ${frames}.` }
}

const quarterNames = [
  { en: 'temporal', de: 'temporal' },
  { en: 'superior', de: 'superior' },
  { en: 'nasal', de: 'nasal' },
  { en: 'inferior', de: 'inferior' },
] as const
/** Share of a quarter that must be met for it to be named. */
const quarterShare = 0.25
/** From this share on: most of it. */
const most = 0.5

/** How much of a single B-scan, and of a right eye's ring which quarters. A left eye's ring has no names: which way round it runs was never checked. */
function alongBScan(there: readonly Interval[], { pattern, laterality, width, device }: NonNullable<ScanResult['facts']>): Words {
  const met = new Uint8Array(width)
  for (const { from, to } of there) met.fill(1, from, to + 1)
  const shareOf = (from: number, to: number) => {
    const part = met.subarray(Math.round(from * width), Math.round(to * width))
    return part.reduce((sum, each) => sum + each, 0) / Math.max(1, part.length)
  }
  const all = shareOf(0, 1)
  if (pattern === 'ring') {
    const extent =
      all >= 0.95
        ? { en: 'All around the ring', de: 'Im ganzen Ring' }
        : all >= most
          ? { en: 'Around most of the ring', de: 'Im größten Teil des Rings' }
          : { en: 'In a part of the ring', de: 'In einem Teil des Rings' }
    const named = laterality === 'OD' && device.startsWith('Heidelberg') && all < 0.95 ? quarters(shareOf) : []
    const list = (language: 'en' | 'de') => (named.length > 0 ? `: ${named.map((name) => name[language]).join(', ')}.` : '.')
    return { en: extent.en + list('en'), de: extent.de + list('de') }
  }
  if (all >= 0.95) return { en: 'Along the whole B-scan.', de: 'Im ganzen B-Scan.' }
  if (all >= most) return { en: 'Along most of the B-scan.', de: 'Im größten Teil des B-Scans.' }
  const [left, middle, right] = [shareOf(0, 1 / 3), shareOf(1 / 3, 2 / 3), shareOf(2 / 3, 1)]
  const top = Math.max(left, middle, right)
  if (left > 0 && right > 0 && middle === 0) return { en: 'At both ends of the B-scan.', de: 'An beiden Enden des B-Scans.' }
  if (top === left) return { en: 'At the left of the B-scan.', de: 'Links im B-Scan.' }
  return top === right
    ? { en: 'At the right of the B-scan.', de: 'Rechts im B-Scan.' }
    : { en: 'In the middle of the B-scan.', de: 'In der Mitte des B-Scans.' }
}

/** A ring's A-scans begin temporally and run over superior: temporal lies at both ends. Where none is met by much, the one that is met most. */
function quarters(shareOf: (from: number, to: number) => number): Words[] {
  const shares = [(shareOf(0, 1 / 8) + shareOf(7 / 8, 1)) / 2, shareOf(1 / 8, 3 / 8), shareOf(3 / 8, 5 / 8), shareOf(5 / 8, 7 / 8)]
  const least = Math.min(quarterShare, Math.max(...shares))
  return quarterNames.filter((_, i) => (shares[i] as number) >= least)
}
