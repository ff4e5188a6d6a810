import { describe, expect, it } from 'vitest'
import { familiesOf, formatValue, inOrder, splitId } from './criteria.ts'

it.each([
  ['S', 'S', 'S'],
  ['S.snr', 'S', 'S_snr'],
  ['completeness', '', 'completeness'],
  ['X.own', 'X', null],
])('splits %s', (id, letter, key) => expect(splitId(id)).toEqual({ letter, key }))

it.each([
  [31.32, 'dB', '31.3 dB'],
  [0.0613, 'mm', '0.06 mm'],
  [99.2, '%', '99.2 %'],
  [100, '%', '100 %'],
  [10.68, 'ratio', '10.7'],
])('%d in %s is %s', (value, unit, text) => expect(formatValue(value, unit, 'en')).toBe(text))

it('writes as the language does', () => expect(formatValue(31.32, 'dB', 'de')).toBe('31,3 dB'))

const one = (id: string, status: 'pass' | 'warn' | 'fail' | 'unknown') => ({
  id,
  status,
  value: null,
  unit: '',
  threshold: '',
  evidence: 'own' as const,
  reason: '',
})

it('puts what decided first and what was not judged last', () => {
  const criteria = [one('C', 'unknown'), one('S', 'pass'), one('A', 'fail'), one('I', 'warn'), one('completeness', 'unknown')]
  expect(inOrder({ criteria, decidedBy: ['completeness'] }).map((each) => each.id)).toEqual(['completeness', 'A', 'I', 'S', 'C'])
})

describe('families', () => {
  const of = (criteria: (ReturnType<typeof one> & { experimental?: boolean })[], decidedBy: string[] = []) => familiesOf({ criteria, decidedBy })
  it('are the seven letters in their order, and what else was judged', () => {
    expect(of([]).map(({ name, status }) => [name, status])).toEqual(['O', 'S', 'C', 'A', 'R', 'I', 'B'].map((name) => [name, null]))
    const all = of([
      one('completeness.upper', 'pass'),
      one('motion', 'warn'),
      one('F.shift', 'pass'),
      one('L', 'pass'),
      one('X.own', 'fail'),
      one('ART', 'fail'),
    ])
    expect(all.map(({ name }) => name)).toEqual(['O', 'S', 'C', 'A', 'R', 'I', 'B', 'completeness', 'motion', 'F', 'L', 'other'])
    expect(all[0]).toMatchObject({ status: 'fail', lead: { id: 'ART' } })
  })
  it('have the status of their worst criterion; what was not measured is no pass', () => {
    expect(of([one('S', 'pass'), one('S.snr', 'fail'), one('S.cnr', 'warn')])[1]).toMatchObject({
      status: 'fail',
      lead: { id: 'S.snr' },
      decided: false,
    })
    expect(of([one('S', 'pass'), one('S.snr', 'unknown')])[1]?.status).toBe('unknown')
    expect(of([one('S.snr', 'pass'), one('S', 'pass')], ['S'])[1]).toMatchObject({ status: 'pass', lead: { id: 'S' }, decided: true })
  })
  it('are not made worse by what is experimental', () => {
    const all = of([one('S', 'pass'), { ...one('S.new', 'fail'), experimental: true }, { ...one('QI', 'warn'), experimental: true }])
    expect(all[1]).toMatchObject({ status: 'pass', criteria: [{ id: 'S.new' }, { id: 'S' }] })
    expect(all.at(-1)).toMatchObject({ name: 'experimental', status: 'warn' })
  })
})
