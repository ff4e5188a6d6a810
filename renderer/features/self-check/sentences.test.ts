import { describe, expect, it } from 'vitest'
import { type Check, checkCodes } from '../../../preload/diagnostics.ts'
import { checksDe } from './checks-de.ts'
import { checksEn } from './checks-en.ts'
import { filled, tally, tellCheck } from './sentences.ts'

/** Every fact a check can come with. */
const facts: Check['facts'] = {
  kind: 'docker',
  version: '28.1.0',
  freeGb: 12.5,
  engineFreeGb: 3,
  ms: 31,
  days: 5,
  issuer: 'site',
  why: 'SELF_SIGNED',
  seconds: 2,
  against: 'archive',
  direction: 'ahead',
  warnings: 1,
  runs: 2,
  owed: 1,
  waiting: 3,
  blocked: 1,
  locked: 2,
  lines: 1207,
  line: 17,
}
const every = Object.entries(checkCodes).flatMap(([id, codes]) => codes.map((code) => ({ id: id as Check['id'], code })))

describe.each([
  ['en', checksEn],
  ['de', checksDe],
] as const)('in %s', (language, sentences) => {
  it.each(every)('$id $code has a sentence of its own, filled', ({ id, code }) => {
    const told = tellCheck({ id, code, facts }, sentences, language)
    expect(told?.say).toMatch(/\S{2}.*\.$/)
    for (const text of [told?.say ?? '', told?.step ?? '']) expect(text).not.toMatch(/[{}[\]]|undefined/)
    if (told?.step !== null) expect(told?.step).toMatch(/\.$/)
  })
  it('has a name for every check', () => expect(Object.keys(sentences.names).sort()).toEqual(Object.keys(checkCodes).sort()))
  it('leaves a code it does not know to the engine room', () => {
    expect(tellCheck({ id: 'clock', code: 'stopped', facts: {} }, sentences, language)).toBeNull()
  })
})

describe('both languages', () => {
  const blanks = (text = '') => [...text.matchAll(/{{(\w+)/g)].map(([, name]) => name).sort()
  it.each(every)('fill the same facts in and offer a step alike: $id $code', ({ id, code }) => {
    const en = { ...checksEn.found[id], ...checksEn.any }[code as 'failed']
    const de = { ...checksDe.found[id], ...checksDe.any }[code as 'failed']
    expect(blanks(de?.[0])).toEqual(blanks(en?.[0]))
    expect(de?.length).toBe(en?.length)
    expect(blanks(de?.[1])).toEqual(blanks(en?.[1]))
  })
  it('put what facts stand for into the same words', () => {
    for (const [name, words] of Object.entries(checksEn.words)) expect(Object.keys(checksDe.words[name] ?? {})).toEqual(Object.keys(words))
  })
})

describe('a sentence', () => {
  const words = { who: { a: 'Ada' } }
  it.each<[string, string, Check['facts'], string]>([
    ['a fact', '{{n}} left.', { n: 1234.56 }, '1,234.6 left.'],
    ['one', 'ends in {{n:day|days}}.', { n: 1 }, 'ends in 1 day.'],
    ['many', 'ends in {{n:day|days}}.', { n: 3 }, 'ends in 3 days.'],
    ['a word', 'by {{who}}.', { who: 'a' }, 'by Ada.'],
    ['a name', 'by {{who}}.', { who: 'b' }, 'by b.'],
    ['a part that is known', 'XNAT[ {{v}}] answers.', { v: '1.8' }, 'XNAT 1.8 answers.'],
    ['a part that is not', 'XNAT[ {{v}}] answers.', { v: '' }, 'XNAT answers.'],
    ['a fact that tries to be a blank', '{{v}}', { v: '{{n}}' }, '{{n}}'],
  ])('with %s', (_, sentence, given, text) => expect(filled(sentence, given, words, 'en')).toBe(text))
})

it('counts what somebody should know', () => {
  expect(tally([{ state: 'ok' }, { state: 'attention' }, { state: 'problem' }, { state: 'none' }, { state: 'attention' }])).toEqual({
    problems: 1,
    attention: 2,
  })
})
