/** Agreement as a table for a statistics program: graders are numbered, not named. Pure. */
import type { Agreement } from '../../../preload/grading.ts'

const columns = ['comparison', 'what', 'n', 'kappa', 'weighted_kappa', 'ci95_low', 'ci95_high', 'agreement', 'prevalence'] as const

/** RFC 4180 with a header line; numbers with a point, empty where not defined. */
export function csvOf({ pairs, repeats }: Agreement): string {
  const names = [...new Set([...pairs.flatMap(({ a, b }) => [a, b]), ...repeats.map(({ grader }) => grader)])]
  const reader = (name: string) => `grader ${names.indexOf(name) + 1}`
  const number = (value: number | null) => (value === null ? '' : String(Math.round(value * 1e4) / 1e4))
  const lines = (comparison: string, rows: Agreement['repeats'][number]['rows']) =>
    rows.map((row) =>
      [
        comparison,
        row.what,
        row.n,
        number(row.kappa),
        number(row.weighted),
        number(row.low),
        number(row.high),
        number(row.agreement),
        number(row.prevalence),
      ].join(','),
    )
  return [
    columns.join(','),
    ...pairs.flatMap(({ a, b, rows }) => lines(`${reader(a)} and ${reader(b)}`, rows)),
    ...repeats.flatMap(({ grader, rows }) => lines(`${reader(grader)} twice`, rows)),
    '',
  ].join('\r\n')
}
