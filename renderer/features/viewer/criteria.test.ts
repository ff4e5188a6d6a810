import { expect, it } from 'vitest'
import { formatValue, inOrder, splitId } from './criteria.ts'

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

it('puts what decided first and what was not judged last', () => {
  const one = (id: string, status: 'pass' | 'warn' | 'fail' | 'unknown') => ({
    id,
    status,
    value: null,
    unit: '',
    threshold: '',
    evidence: 'own' as const,
    reason: '',
  })
  const criteria = [one('C', 'unknown'), one('S', 'pass'), one('A', 'fail'), one('I', 'warn'), one('completeness', 'unknown')]
  expect(inOrder({ criteria, decidedBy: ['completeness'] }).map((each) => each.id)).toEqual(['completeness', 'A', 'I', 'S', 'C'])
})
