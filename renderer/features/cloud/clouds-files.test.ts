import { describe, expect, it } from 'vitest'
import { readFiles, sortFiles } from './clouds-files.ts'

const file = (name: string, text = '', size = text.length) => ({ name, size, text: async () => text })

describe('sortFiles', () => {
  it.each([
    [['clouds.yaml'], 'clouds.yaml', null],
    [['secure.yaml', 'clouds.yaml'], 'clouds.yaml', 'secure.yaml'],
    [['Institut.YML', 'secure.yml', 'notes.txt'], 'Institut.YML', 'secure.yml'],
  ])('%j', (names, clouds, secure) => {
    expect(sortFiles(names.map((name) => file(name)))).toMatchObject({ clouds: { name: clouds }, secure: secure === null ? null : { name: secure } })
  })
  it.each([
    [[file('secure.yaml')], 'none'],
    [[file('scan.vol')], 'none'],
    [[file('a.yaml'), file('b.yaml')], 'many'],
    [[file('clouds.yaml', '', 1_000_001)], 'big'],
  ])('%#', (files, problem) => expect(sortFiles(files)).toBe(problem))
})

it('reads both texts', async () => {
  expect(await readFiles([file('secure.yaml', 's'), file('clouds.yaml', 'c')])).toEqual({ clouds: 'c', secure: 's' })
  expect(await readFiles([file('clouds.yaml', 'c')])).toEqual({ clouds: 'c', secure: null })
})

it('says so where a file cannot be read', async () => {
  const gone = { ...file('clouds.yaml'), text: () => Promise.reject(new Error('gone')) }
  expect(await readFiles([gone])).toBe('unreadable')
})
