import { expect, it } from 'vitest'
import { csvOf } from './csv.ts'

it('writes one line per comparison and letter, and no name', () => {
  const row = { what: 'S', kappa: 0.51234, weighted: 2 / 3, low: null, high: null, n: 12, prevalence: 0.25, agreement: 0.75 }
  const csv = csvOf({
    pairs: [{ a: 'Anna Huber', b: 'Ben', rows: [row] }],
    repeats: [{ grader: 'Ben', rows: [{ ...row, kappa: null }] }],
    notBlind: 0,
  })
  expect(csv.split('\r\n')).toEqual([
    'comparison,what,n,kappa,weighted_kappa,ci95_low,ci95_high,agreement,prevalence',
    'grader 1 and grader 2,S,12,0.5123,0.6667,,,0.75,0.25',
    'grader 2 twice,S,12,,0.6667,,,0.75,0.25',
    '',
  ])
})
