/** What the suite says at its end. */
import type { ChaosPart } from './part.ts'

export interface Failure {
  name: string
  message: string
}

export interface PartOutcome {
  part: Pick<ChaosPart, 'number' | 'title'>
  /** How many there are, and how many were run. */
  all: number
  run: number
  failures: Failure[]
  figures: string
  seconds: number
}

const cell = (text: string) => text.replaceAll('|', '/').replaceAll('\n', ' ')

/** One Markdown table of all parts. */
export function tableOf(outcomes: readonly PartOutcome[]): string {
  const rows = outcomes.map(({ part, run, all, failures, figures, seconds }) => {
    const cases = run === all ? String(all) : `${run} of ${all}`
    return `| ${part.number} | ${cell(part.title)} | ${cases} | ${Math.max(0, run - failures.length)} | ${failures.length} | ${cell(figures)} | ${Math.round(seconds)} s |`
  })
  return [
    '| part | what happens, and what must hold | cases | passed | failed | figures | took |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

/** How a case is run alone. */
export const alone = (part: number, seed: number, name: string): string =>
  `npm run test:chaos -- --part ${part} --seed ${seed} --case '${name.replaceAll("'", '')}'`
