import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { synthesise } from '../../oct/synth/index.ts'
import type { ArchiveFile } from '../archive/archive.ts'
import { candidates, closeSet, fetchSet } from './fetch-set.ts'
import { type FramedCache, openFramedCache } from './framed-cache.ts'

const file = (name: string, resource = 'R', size = 10): ArchiveFile => ({ uri: `/data/${resource}/${name}`, name, resource, size, md5: '' })
const names = (files: ArchiveFile[]) => candidates(files).map(({ lead, rest }) => [lead?.name ?? null, ...rest.map(({ name }) => name)])

describe('what is tried first', () => {
  it('is RAW, then XML with the pictures beside it, DICOM, e2e, and little of what is not known', () => {
    expect(
      names([
        file('x', 'OTHER'),
        file('b.E2E'),
        file('2.dcm', 'DICOM'),
        file('1', 'DICOM'),
        file('a.tif', 'XML'),
        file('z.png', 'ELSEWHERE'),
        file('a.xml', 'XML'),
        file('b.vol'),
        file('a.VOL'),
      ]),
    ).toEqual([['a.VOL'], ['b.vol'], ['a.xml', 'a.tif'], [null, '1', '2.dcm'], ['b.E2E'], [null, 'x', 'z.png']])
  })

  it('takes the pictures of the same folder, where an export lies among others', () => {
    const at = (path: string): ArchiveFile => ({ ...file(path.slice(path.lastIndexOf('/') + 1), 'XML'), uri: `/data/XML/files/${path}` })
    expect(names([at('a/e.xml'), at('a/1.tif'), at('b/e.xml'), at('b/1.tif')])).toEqual([
      ['e.xml', '1.tif'],
      ['e.xml', '1.tif'],
    ])
    expect(candidates([at('a/e.xml'), at('a/1.tif'), at('b/1.tif')])[0]?.rest.map(({ uri }) => uri)).toEqual(['/data/XML/files/a/1.tif'])
    expect(names([at('e.xml'), at('p/1.tif')])).toEqual([['e.xml', '1.tif']])
  })

  it('is never a preview, our own results or an empty file', () => {
    expect(names([file('a.vol', 'SNAPSHOTS'), file('results.json', 'SCANSIDE'), file('empty.vol', 'VOL', 0)])).toEqual([])
    expect(names(Array.from({ length: 21 }, (_, i) => file(`${i}`)))).toEqual([])
  })
})

describe('fetching a set', () => {
  let folder = ''
  let cache: FramedCache
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scanside-set-'))
    cache = await openFramedCache(folder)
  })
  afterEach(async () => {
    await cache.close()
    await rm(folder, { recursive: true, force: true })
  })
  const vol = synthesise({ pattern: 'ring', laterality: 'OD', seed: 5, width: 32, height: 32 })
  const never = new AbortController().signal
  const quiet = () => {}

  /** An archive of these bytes; counts what is read at the same time. */
  const holding = (contents: Record<string, Uint8Array>) => {
    const state = { reading: 0, most: 0, read: [] as string[] }
    const files = Object.entries(contents).map(([path, bytes]): ArchiveFile => {
      const [resource = '', name = ''] = path.split('/')
      return { ...file(name, resource, bytes.length), md5: createHash('md5').update(bytes).digest('hex') }
    })
    const read = async ({ uri }: Pick<ArchiveFile, 'uri'>) => {
      state.read.push(uri)
      state.reading++
      state.most = Math.max(state.most, state.reading)
      const pieces = async function* () {
        for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
        yield contents[uri.slice('/data/'.length)] ?? new Uint8Array()
        state.reading--
      }
      return Readable.from(pieces())
    }
    return { files, archive: { read }, state }
  }

  it('decides by content: a name that lies is passed over', async () => {
    const { files, archive, state } = holding({ 'R/a.vol': new TextEncoder().encode('a letter'), 'R/b.vol': vol, 'R/c.vol': vol })
    const set = await fetchSet(archive, files, cache, never, quiet)
    expect(set.map(({ name, kind }) => [name, kind])).toEqual([['b.vol', 'heidelberg-vol']])
    expect(state.read).toEqual(['/data/R/a.vol', '/data/R/b.vol'])
    expect(await readdir(folder)).toHaveLength(1)
    await closeSet(set)
    const odd = holding({ 'WHATEVER/scan': vol })
    expect(await fetchSet(odd.archive, odd.files, cache, never, quiet)).toHaveLength(1)
  })

  it('fetches four at once, tells progress over all bytes, and keeps the order of names', async () => {
    const contents = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`DICOM/${10 + i}`, vol]))
    const { files, archive, state } = holding(contents)
    const told: [number, number][] = []
    const set = await fetchSet(archive, files, cache, never, (bytes, total) => told.push([bytes, total]))
    expect(state.most).toBe(4)
    expect(told[0]).toEqual([0, 12 * vol.length])
    expect(told.at(-1)).toEqual([12 * vol.length, 12 * vol.length])
    expect(set.map(({ name }) => name)).toEqual(Object.keys(contents).map((path) => path.slice('DICOM/'.length)))
  })

  it('leaves nothing where it is cancelled, broken or holds no scan', async () => {
    const contents = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`DICOM/${10 + i}`, vol]))
    const { files, archive } = holding(contents)
    const abort = new AbortController()
    const cancelling = fetchSet(archive, files, cache, abort.signal, (bytes) => {
      if (bytes > 5 * vol.length) abort.abort()
    })
    await expect(cancelling).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readdir(folder)).toEqual([])
    const broken = files.map((one, i) => (i === 6 ? { ...one, md5: '0'.repeat(32) } : one))
    await expect(fetchSet(archive, broken, cache, never, quiet)).rejects.toMatchObject({ code: 'integrity' })
    expect(await readdir(folder)).toEqual([])
    const letter = holding({ 'R/a.vol': new TextEncoder().encode('a letter') })
    await expect(fetchSet(letter.archive, letter.files, cache, never, quiet)).rejects.toThrow('no file that Scanside can show')
    await expect(fetchSet(letter.archive, [], cache, never, quiet)).rejects.toThrow('no files in the archive')
    expect(await readdir(folder)).toEqual([])
  })

  it('reads nothing of what is too large or too many', async () => {
    const { archive, state } = holding({})
    await expect(fetchSet(archive, [file('a.vol', 'R', 5e9)], cache, never, quiet)).rejects.toMatchObject({ code: 'invalid-file' })
    const many = Array.from({ length: 2001 }, (_, i) => file(`${i}.dcm`))
    await expect(fetchSet(archive, many, cache, never, quiet)).rejects.toThrow('2,000 files')
    expect(state.read).toEqual([])
  })
})
