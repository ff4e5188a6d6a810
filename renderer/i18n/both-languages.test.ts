import { describe, expect, it } from 'vitest'
import offlineDe from '../features/offline/de.ts'
import offlineEn from '../features/offline/en.ts'
import outboxDe from '../features/outbox/de.ts'
import outboxEn from '../features/outbox/en.ts'
import runsDe from '../features/runs/de.ts'
import runsEn from '../features/runs/en.ts'
import checkDe from '../features/self-check/de.ts'
import checkEn from '../features/self-check/en.ts'

type Tree = { [key: string]: string | Tree }
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  )
const blanks = (text: string) => [...text.matchAll(/{{[^}]+}}/g)].map(String).sort()

describe.each<[string, Tree, Tree]>([
  ['outbox', outboxEn, outboxDe],
  ['offline', offlineEn, offlineDe],
  ['self-check', checkEn, checkDe],
  ['runs', runsEn, runsDe],
])('%s', (_, en, de) => {
  const english = new Map(leaves(en))
  it.each(leaves(de))('%s fills the same blanks in both languages', (key, text) => {
    expect(blanks(text)).toEqual(blanks(english.get(key) ?? 'missing'))
    expect(text).not.toBe('')
  })
})
