import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { synthesise } from '../../oct/synth/index.ts'
import { type Bulk, createBulk } from '../doorway/bulk.ts'
import { openFramedCache } from './framed-cache.ts'
import { createLocalScans, type LocalScans } from './local.ts'

let folder = ''
let bulk: Bulk
let locals: LocalScans
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-local-'))
  bulk = createBulk(() => {})
  locals = createLocalScans(await openFramedCache(folder), bulk, { files: 3, bytes: 3 * vol.length })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const vol = synthesise({ pattern: 'ring', laterality: 'OD', seed: 5, width: 32, height: 32 })
const put = async (name: string, set: string | null = null, bytes = vol) => {
  const { url, local } = locals.ticket({ size: bytes.length, name, set })
  const answer = await bulk.handle(new Request(`http://localhost${url}`, { method: 'PUT', body: Uint8Array.from(bytes) }))
  return { local, ok: answer.ok }
}

it('collects files under one id, with the last part of their names', async () => {
  const { local } = await put('C:\\Exports\\Mustermann\\a.vol')
  expect((await put('exports/b.vol', local)).local).toBe(local)
  expect((await put('x'.repeat(300), local)).ok).toBe(true)
  expect(locals.get(local).map(({ name }) => name)).toEqual(['a.vol', 'b.vol', 'x'.repeat(300)])
  expect(locals.get(local).map(({ kind, extension }) => [kind, extension])[0]).toEqual(['heidelberg-vol', '.vol'])
})

it('removes whole sets where few files are much, too', async () => {
  const large = Uint8Array.from([...vol, ...new Uint8Array(vol.length)])
  const first = await put('1', null, large)
  expect(locals.get(first.local)).toHaveLength(1)
  const second = await put('2', null, large)
  expect(locals.find(first.local)).toBeNull()
  expect(locals.get(second.local)).toHaveLength(1)
  expect(await readdir(folder)).toHaveLength(1)
})

it('removes whole sets, the one not used for longest first, and says so', async () => {
  const first = await put('1')
  await put('2', first.local)
  const second = await put('3')
  // Used again: now the second is the older one.
  locals.get(first.local)
  const third = await put('4')
  expect(locals.find(second.local)).toBeNull()
  expect(() => locals.get(second.local)).toThrow('removed from this desk to make room')
  expect(() => locals.ticket({ size: 1, name: '', set: second.local })).toThrow('make room')
  expect(locals.get(first.local)).toHaveLength(2)
  expect(locals.get(third.local)).toHaveLength(1)
  expect(await readdir(folder)).toHaveLength(3)
  expect(() => locals.get('never')).toThrow('no longer here')
  expect(() => locals.ticket({ size: 1, name: '', set: 'never' })).toThrow('no longer here')
})

it('keeps the set that grows, however large', async () => {
  const { local } = await put('1')
  for (const name of ['2', '3', '4', '5']) await put(name, local)
  expect(locals.get(local)).toHaveLength(5)
})

it('counts bytes and files of a whole set', async () => {
  const { local } = await put('1')
  expect(() => locals.ticket({ size: 3_999_999_999, name: '', set: local })).toThrow('4 GB')
  for (let i = 1; i < 2_000; i++) locals.ticket({ size: 1, name: '', set: local })
  expect(() => locals.ticket({ size: 1, name: '', set: local })).toThrow('2,000 files')
})

it('lets a set stand whose next file is no part of a scan', async () => {
  const { local } = await put('1')
  expect((await put('letter', local, new TextEncoder().encode('Dear colleague'))).ok).toBe(false)
  expect(locals.get(local)).toHaveLength(1)
})
