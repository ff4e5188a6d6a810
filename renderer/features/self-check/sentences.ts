/** A check's sentences: what was found and the step that mends it, filled with the facts main found. Pure. */
import type { Check, checkCodes } from '../../../preload/diagnostics.ts'

type Codes = typeof checkCodes
/** What any check can come to when it could not look. */
type AnyCheck = 'no-answer' | 'failed'
/** What was found, and one small step where there is one. */
export type Told = readonly [say: string, step?: string]

export interface CheckSentences {
  /** How each check is called. */
  names: Record<keyof Codes, string>
  any: Record<AnyCheck, Told>
  found: { [Id in keyof Codes]: Record<Exclude<Codes[Id][number], AnyCheck>, Told> }
  /** Words that facts stand for: `issuer: site`. */
  words: Record<string, Record<string, string>>
}

/**
 * Fills a sentence: `{{days}}` is the fact itself, `{{days:day|days}}` the fact with its noun, one or many. A part in square brackets is left
 * out where a fact in it is missing or empty.
 */
export function filled(sentence: string, facts: Check['facts'], words: CheckSentences['words'], language: string): string {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  const known = (name: string) => facts[name] !== undefined && facts[name] !== ''
  const blank = /{{(\w+)(?::([^|}]+)\|([^}]+))?}}/g
  const value = (name: string, one?: string, many?: string): string => {
    const fact = facts[name] ?? ''
    if (typeof fact === 'string') return words[name]?.[fact] ?? fact
    return one === undefined ? number.format(fact) : `${number.format(fact)} ${fact === 1 ? one : many}`
  }
  return sentence
    .replace(/\[([^\]]*)\]/g, (_, part: string) => ([...part.matchAll(blank)].every(([, name = '']) => known(name)) ? part : ''))
    .replace(blank, (_, name: string, one?: string, many?: string) => value(name, one, many))
}

/** The window's own words for a check; null where main found something this window does not know. */
export function tellCheck(
  check: Pick<Check, 'id' | 'code' | 'facts'>,
  sentences: CheckSentences,
  language: string,
): { say: string; step: string | null } | null {
  const ofThis: Record<string, Told> = sentences.found[check.id]
  const ofAny: Record<string, Told> = sentences.any
  const told = ofThis[check.code] ?? ofAny[check.code]
  if (!told) return null
  const fill = (sentence: string) => filled(sentence, check.facts, sentences.words, language)
  return { say: fill(told[0]), step: told[1] === undefined ? null : fill(told[1]) }
}

/** How it stands with all of them. */
export function tally(checks: readonly Pick<Check, 'state'>[]): { problems: number; attention: number } {
  const count = (state: Check['state']) => checks.filter((check) => check.state === state).length
  return { problems: count('problem'), attention: count('attention') }
}
