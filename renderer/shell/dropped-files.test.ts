import { describe, expect, it } from 'vitest'
import { synthesise } from '../../oct/synth/index.ts'
import { type Entry, flat, lookAt, walk } from './dropped-files.ts'

const leaf = (name: string): Entry => ({ isFile: true, isDirectory: false, name, file: (found) => found(new File(['x'], name)) })
/** A folder that gives its children a hundred at a time, as browsers do. */
const folder = (name: string, entries: Entry[]): Entry => ({
  isFile: false,
  isDirectory: true,
  name,
  createReader: () => {
    const left = [...entries]
    return { readEntries: (found) => found(left.splice(0, 100)) }
  },
})
const paths = async (entries: Entry[]) => (await walk(entries, 'too many')).map(({ file, folder: where }) => `${where}/${file.name}`)

describe('a dropped folder', () => {
  it('is walked to its files, without what a system left there', async () => {
    expect(await paths([folder('a', [leaf('1'), folder('b', [leaf('2'), leaf('.DS_Store'), leaf('Thumbs.db')])]), leaf('3')])).toEqual([
      'a/1',
      'a/b/2',
      '/3',
    ])
    const many = Array.from({ length: 250 }, (_, i) => leaf(`${i}`))
    expect(await paths([folder('a', many)])).toHaveLength(250)
  })

  it('is refused where it holds too much or lies too deep', async () => {
    const many = Array.from({ length: 2_001 }, (_, i) => leaf(`${i}`))
    await expect(walk([folder('a', many)], 'too many')).rejects.toMatchObject({ message: 'too many' })
    let deep = folder('z', [leaf('1')])
    for (let i = 0; i < 6; i++) deep = folder(`${i}`, [deep])
    await expect(walk([deep], 'too many')).rejects.toMatchObject({ message: 'too many' })
    const broken: Entry = { isFile: true, isDirectory: false, name: 'x', file: (_, failed) => failed(new Error('gone')) }
    await expect(walk([broken], 'too many')).rejects.toThrow('gone')
    expect(() =>
      flat(
        Array.from({ length: 2_001 }, () => new File([], 'x')),
        'too many',
      ),
    ).toThrow('too many')
  })
})

it('says what files are by their bytes', async () => {
  const vol = synthesise({ pattern: 'ring', laterality: 'OD', seed: 1, width: 32, height: 32 })
  const found = flat([new File([Uint8Array.from(vol)], 'letter.txt'), new File(['Dear colleague'], 'scan.vol'), new File([], 'empty.vol')], '')
  const kinds = Object.fromEntries((await lookAt(found)).map(({ name, kind }) => [name, kind]))
  expect(kinds).toEqual({ 'letter.txt': 'heidelberg-vol', 'scan.vol': null, 'empty.vol': null })
})
