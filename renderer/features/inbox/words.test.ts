import { describe, expect, it } from 'vitest'
import whoDe from '../../shell/who/de.ts'
import whoEn from '../../shell/who/en.ts'
import { nameOf } from './criterion-name.ts'
import de from './de.ts'
import en from './en.ts'

type Tree = { [key: string]: string | Tree }
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  )
const blanks = (text: string) => [...text.matchAll(/{{[^}]+}}/g)].map(String).sort()

describe.each([
  ['Inbox', en, de],
  ['who sits here', whoEn, whoDe],
] as const)('sentences of the %s', (_, english, german) => {
  const known = new Map(leaves(english))
  it('fill the same blanks in both languages', () => {
    for (const [key, text] of leaves(german)) expect([key, blanks(text)]).toEqual([key, blanks(known.get(key) ?? 'missing')])
    expect(leaves(german).map(([key]) => key)).toEqual([...known.keys()])
  })
})

it('says the three words as agreed', () => {
  expect([en.word.usable, en.word.ambiguous, en.word.unusable]).toEqual(['USABLE', 'LOOK', 'TAKE AGAIN'])
  expect([de.word.usable, de.word.ambiguous, de.word.unusable]).toEqual(['VERWENDBAR', 'ANSEHEN', 'WIEDERHOLEN'])
})

it('names a criterion, else what it is a part of', () => {
  expect(['C.ring', 'S.anything', 'completeness.upper', 'strange'].map(nameOf)).toEqual(['C-ring', 'S', 'completeness-upper', null])
})
