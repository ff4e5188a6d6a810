import { describe, expect, it } from 'vitest'
import { groupFiles, type LookedAt, needsTexts, pictureNames } from './group.ts'

const file = (name: string, kind: LookedAt['kind'], folder = '', speaksOf?: string[]): LookedAt => ({
  name,
  folder,
  kind,
  ...(speaksOf ? { speaksOf: new Set(speaksOf) } : {}),
})
const names = (files: LookedAt[]) => groupFiles(files).sets.map((set) => set.map(({ name }) => name))

describe('what was dropped', () => {
  it('is one scan where an export lies with its pictures, beside it or elsewhere', () => {
    const beside = [file('10.tif', 'picture', 'e'), file('9.tif', 'picture', 'e'), file('x.txt', null, 'e'), file('e.xml', 'heidelberg-xml', 'e')]
    expect(names(beside)).toEqual([['e.xml', '9.tif', '10.tif']])
    expect(names([...beside, file('9.tif', 'picture', 'old')])).toEqual([['e.xml', '9.tif', '10.tif']])
    expect(names([file('1.tif', 'picture', 'e/pictures'), file('e.xml', 'heidelberg-xml', 'e')])).toEqual([['e.xml', '1.tif']])
  })

  it('is one scan where all is DICOM, and one for each RAW export and .e2e', () => {
    expect(names([file('2', 'dicom-opt'), file('10', 'dicom-opt', 'z'), file('1', 'dicom-opt')])).toEqual([['1', '2', '10']])
    expect(
      names([file('b.vol', 'heidelberg-vol'), file('a.vol', 'heidelberg-vol'), file('a.e2e', 'heidelberg-e2e'), file('c.png', 'picture')]),
    ).toEqual([['a.e2e'], ['a.vol'], ['b.vol']])
  })

  it('tells several exports apart by the pictures they speak of, else by their folders', () => {
    const pictures = ['1.tif', '2.tif'].flatMap((name) => [file(name, 'picture', 'a'), file(name, 'picture', 'b')])
    const told = [file('a.xml', 'heidelberg-xml', 'a', ['1.tif']), file('b.xml', 'heidelberg-xml', 'b', ['1.tif', '2.tif'])]
    expect(needsTexts(told)).toBe(true)
    expect(groupFiles([...pictures, ...told]).sets.map((set) => set.map(({ folder, name }) => `${folder}/${name}`))).toEqual([
      ['a/a.xml', 'a/1.tif'],
      ['b/b.xml', 'b/1.tif', 'b/2.tif'],
    ])
    const one = [file('x.xml', 'heidelberg-xml', 'f', ['1.tif']), file('y.xml', 'heidelberg-xml', 'f', ['2.tif'])]
    expect(names([...one, file('1.TIF', 'picture', 'f'), file('2.tif', 'picture', 'f')])).toEqual([
      ['x.xml', '1.TIF'],
      ['y.xml', '2.tif'],
    ])
    const silent = [file('x.xml', 'heidelberg-xml', 'f'), file('y.xml', 'heidelberg-xml', 'g')]
    expect(names([...silent, file('1.tif', 'picture', 'f')])).toEqual([['x.xml', '1.tif'], ['y.xml']])
  })

  it('is no scan where there are only pictures, or nothing known', () => {
    expect(groupFiles([file('1.tif', 'picture'), file('x', null)])).toEqual({ sets: [], problem: 'pictures-alone' })
    expect(groupFiles([file('x', null)])).toEqual({ sets: [], problem: 'not-a-scan' })
    expect(groupFiles([])).toEqual({ sets: [], problem: 'not-a-scan' })
  })
})

it('finds the names of pictures in an export', () => {
  const text = '<ExamURL>file:///\\\\host\\share\\A B 1.TIF</ExamURL><ExamURL>2.jpeg</ExamURL><a href="dir/3.png"/><b>none.txt</b>'
  expect([...pictureNames(text)]).toEqual(['a b 1.tif', '2.jpeg', '3.png'])
  const written = '<ExamURL>file:///c/A%20B%201.tif</ExamURL><ExamURL>c &amp; d.png</ExamURL><ExamURL>100%.bmp</ExamURL>'
  expect([...pictureNames(written)]).toEqual(['a%20b%201.tif', 'a b 1.tif', 'c & d.png', '100%.bmp'])
})

it('reads over the numbers of layer lines, of which an export is full', () => {
  const text = `${'123.456 '.repeat(4_000_000)}</Array><ExamURL>${'long '.repeat(100)}1.tif</ExamURL>`
  const [found = ''] = pictureNames(text)
  expect([found.endsWith('long 1.tif'), found.length <= 204]).toEqual([true, true])
})
