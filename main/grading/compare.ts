/** Gradings of a batch against each other: agreement over blind ones, and what graders differ on. Pure. */
import { agreementOf } from '../../oct/agreement.ts'
import { type Status, statuses, type Verdict, verdicts } from '../../oct/results.ts'
import { type Agreement, letters } from '../../preload/grading.ts'
import type { GradingRecord } from '../store/lab-grading.ts'

/** pass < warn < fail, usable < ambiguous < unusable; `unknown` has no place in the order. */
const rank = (all: readonly string[], word: string): number | null => (word === 'unknown' ? null : all.indexOf(word))
const statusRank = (status: Status) => rank(statuses, status)
const verdictRank = (verdict: Verdict) => rank(verdicts, verdict)
const categories = 3

/** Whether its grader had seen nothing that could sway them. */
export const isBlind = ({ saw }: Pick<GradingRecord, 'saw'>): boolean => !saw.machine && !saw.others && !saw.identity

type Rows = Agreement['repeats'][number]['rows']

/** One row per letter and one for the overall word; pairs where one could not tell are left out. */
function rowsOf(pairs: readonly (readonly [GradingRecord, GradingRecord])[]): Rows {
  const ranked = (of: (grading: GradingRecord) => number | null) =>
    pairs.flatMap(([a, b]): [number, number][] => {
      const first = of(a)
      const second = of(b)
      return first === null || second === null ? [] : [[first, second]]
    })
  return [
    {
      what: 'overall',
      ...agreementOf(
        ranked(({ overall }) => verdictRank(overall)),
        categories,
      ),
    },
    ...letters.map((letter) => ({
      what: letter,
      ...agreementOf(
        ranked((grading) => statusRank(grading.letters[letter])),
        categories,
      ),
    })),
  ]
}

const byGrader = (gradings: readonly GradingRecord[]) => {
  const found = new Map<string, GradingRecord[]>()
  for (const grading of gradings) found.set(grading.grader, [...(found.get(grading.grader) ?? []), grading])
  return [...found.values()]
}
/** The same scan, and the same bytes: one that was replaced in the archive between two gradings is compared with neither. */
const same = (a: GradingRecord, b: GradingRecord) => a.scan === b.scan && a.digest === b.digest

/** Cohen's kappa of every two graders over what both saw blind for the first time, and of each with themselves over the hidden repeats. */
export function agreementOfBatch(gradings: readonly GradingRecord[]): Agreement {
  const blind = gradings.filter(isBlind)
  const graders = byGrader(blind)
  const named = (one: readonly GradingRecord[]) => one.at(-1)?.name ?? ''
  const pairs = graders.flatMap((one, index) =>
    graders.slice(index + 1).map((other) => {
      const firsts = one.filter(({ repeat }) => !repeat)
      const matched = firsts.flatMap((a): [GradingRecord, GradingRecord][] => {
        const b = other.find((each) => !each.repeat && same(a, each))
        return b ? [[a, b]] : []
      })
      return { a: named(one), b: named(other), rows: rowsOf(matched) }
    }),
  )
  const repeats = graders.flatMap((one) => {
    const matched = one
      .filter(({ repeat }) => repeat)
      .flatMap((second): [GradingRecord, GradingRecord][] => {
        const first = one.find((each) => !each.repeat && same(each, second))
        return first ? [[first, second]] : []
      })
    return matched.length === 0 ? [] : [{ grader: named(one), rows: rowsOf(matched) }]
  })
  return { pairs: pairs.slice(0, 100), repeats: repeats.slice(0, 50), notBlind: gradings.length - blind.length }
}

export interface Difference {
  /** The batch's scan. */
  scan: string
  /** First showings of those who graded it. */
  words: GradingRecord[]
}

const differs = (a: GradingRecord, b: GradingRecord) => a.overall !== b.overall || letters.some((letter) => a.letters[letter] !== b.letters[letter])

/**
 * Scans on which two graders differ in the overall word or in any letter, by their first showings. What was left out whole (overall unknown,
 * as where a scan could not be opened) is no word to differ from.
 */
export function differencesOf(gradings: readonly GradingRecord[]): Difference[] {
  const byScan = new Map<string, GradingRecord[]>()
  for (const grading of gradings) {
    if (grading.repeat || grading.scan === null || grading.overall === 'unknown') continue
    byScan.set(grading.scan, [...(byScan.get(grading.scan) ?? []), grading])
  }
  return [...byScan].flatMap(([scan, words]) => (words.some((a) => words.some((b) => differs(a, b))) ? [{ scan, words }] : []))
}
