/** A grader's answers while they are being given: one question per OSCAR-IB letter, and one overall. Pure. */
import type { Status, Verdict } from '../../../oct/results.ts'
import { type Grading, letters } from '../../../preload/grading.ts'

export type Letter = (typeof letters)[number]
export type Question = Letter | 'overall'
export const questions: readonly Question[] = [...letters, 'overall']

export interface Answers {
  letters: Partial<Record<Letter, Status>>
  overall: Verdict | null
}
export const noAnswers: Answers = { letters: {}, overall: null }

/** What can be answered, in the order of the keys 1, 2, 3 (and 4: cannot be told from what is shown). */
export const letterChoices: readonly Status[] = ['pass', 'warn', 'fail', 'unknown']
export const overallChoices: readonly Verdict[] = ['usable', 'ambiguous', 'unusable']

export const isAnswered = (answers: Answers, question: Question): boolean =>
  question === 'overall' ? answers.overall !== null : answers.letters[question] !== undefined

/** Letters answered, of seven. */
export const lettersAnswered = (answers: Answers): number => letters.filter((letter) => isAnswered(answers, letter)).length

/** The next question without an answer, from the one after `from` on and around; null where all are answered. */
export function nextOpen(answers: Answers, from: Question): Question | null {
  const at = questions.indexOf(from)
  const around = [...questions.slice(at + 1), ...questions.slice(0, at + 1)]
  return around.find((question) => !isAnswered(answers, question)) ?? null
}

/** The question above or below, held within the list. */
export function beside(question: Question, by: 1 | -1): Question {
  const at = questions.indexOf(question) + by
  return questions[Math.min(questions.length - 1, Math.max(0, at))] ?? question
}

/** The answers with the `nth` choice (0 first) for a question; unchanged where there is no such choice. */
export function withAnswer(answers: Answers, question: Question, nth: number): Answers {
  if (question === 'overall') {
    const overall = overallChoices[nth]
    return overall ? { ...answers, overall } : answers
  }
  const status = letterChoices[nth]
  return status ? { ...answers, letters: { ...answers.letters, [question]: status } } : answers
}

/** The whole word; null while a question is open. */
export function wholeWord({ letters: given, overall }: Answers): { letters: Grading['letters']; overall: Verdict } | null {
  const { O, S, C, A, R, I, B } = given
  if (!O || !S || !C || !A || !R || !I || !B || overall === null) return null
  return { letters: { O, S, C, A, R, I, B }, overall }
}

/** Nothing said of a scan: what is kept of one that could not be shown. */
export const leftOut = {
  letters: { O: 'unknown', S: 'unknown', C: 'unknown', A: 'unknown', R: 'unknown', I: 'unknown', B: 'unknown' },
  overall: 'unknown',
  note: '',
} as const

export const answersOf = ({ letters: given, overall }: Pick<Grading, 'letters' | 'overall'>): Answers => ({
  letters: given,
  overall: overall === 'unknown' ? null : overall,
})

export const sameAnswers = (a: Answers, b: Answers): boolean =>
  a.overall === b.overall && letters.every((letter) => a.letters[letter] === b.letters[letter])

export type GradingKey =
  | { does: 'answer'; nth: number }
  | { does: 'overall'; nth: number }
  | { does: 'jump'; to: Letter }
  | { does: 'move'; by: 1 | -1 }
  | { does: 'save' }

/** What a key means while a word is given beside the machine's: digits answer, arrows go to another question, Enter saves. */
export function wordKey(key: string): GradingKey | null {
  if (/^[1-4]$/.test(key)) return { does: 'answer', nth: Number(key) - 1 }
  if (key === 'ArrowUp') return { does: 'move', by: -1 }
  if (key === 'ArrowDown') return { does: 'move', by: 1 }
  return key === 'Enter' ? { does: 'save' } : null
}

/** In blind reading, where no other key is taken: also a letter goes to its question, and U, L, N answer the overall one at once. */
export function readingKey(key: string): GradingKey | null {
  const known = wordKey(key)
  if (known) return known
  const large = key.toUpperCase()
  const to = letters.find((letter) => letter === large)
  if (to) return { does: 'jump', to }
  const nth = ['U', 'L', 'N'].indexOf(large)
  return nth >= 0 ? { does: 'overall', nth } : null
}
