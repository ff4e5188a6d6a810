import { expect, it } from 'vitest'
import de from './de.ts'
import en from './en.ts'

type Tree = { [key: string]: string | Tree }
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  )
const blanks = (text: string) => [...text.matchAll(/{{[^}]+}}/g)].map(String).sort()
const english = new Map(leaves(en))

it.each(leaves(de))('%s fills the same blanks in both languages', (key, text) => {
  expect(blanks(text)).toEqual(blanks(english.get(key) ?? 'missing'))
  expect(text).not.toBe('')
})
