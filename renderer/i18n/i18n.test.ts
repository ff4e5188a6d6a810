import { describe, expect, it } from 'vitest'
import de from './de.ts'
import en from './en.ts'
import { languageOf } from './i18n.ts'

type Tree = { [key: string]: string | Tree }
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  )
const blanks = (text: string) => [...text.matchAll(/{{[^}]+}}/g)].map(String).sort()

describe('languages', () => {
  const english = new Map(leaves(en))
  it.each(leaves(de))('%s fills the same blanks in both', (key, text) => {
    expect(blanks(text)).toEqual(blanks(english.get(key) ?? 'missing'))
    expect(text).not.toBe('')
  })
  it('knows a language by its tag', () => {
    expect(languageOf('de-AT')).toBe('de')
    expect(languageOf('fr')).toBe('en')
  })
})
