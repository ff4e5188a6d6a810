import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import type { InputRef } from '../engine.ts'
import { checkInputPath } from '../verified.ts'
import { foldersOf, packInputs } from './staging.ts'

const never = new AbortController().signal

const local = (path: string, text: string, more: Partial<InputRef> = {}): InputRef =>
  ({ kind: 'local', path, size: text.length, read: async () => Readable.from([Buffer.from(text)]), ...more }) as InputRef

async function unpack(mounts: Parameters<typeof packInputs>[0]) {
  const { tar, done } = packInputs(mounts, never, () => {})
  const untar = extract()
  tar.pipe(untar)
  const entries: string[] = []
  for await (const entry of untar) {
    const { name, mode, uid } = entry.header
    entries.push(`${name} ${(mode ?? 0).toString(8)} ${uid}`)
    entry.resume()
  }
  return { entries, staged: await done }
}

describe('packInputs', () => {
  it('gives the writable folder to the run alone and every folder once', async () => {
    const { entries, staged } = await unpack([
      { folder: 'm0', writable: false, inputs: [local('SCANS/1/VOL/a.vol', 'abc'), local('SCANS/1/VOL/b.vol', 'de')] },
      { folder: 'm1', writable: true, inputs: [] },
    ])
    expect(entries).toEqual([
      'm0/ 555 65534',
      'm0/SCANS/ 755 65534',
      'm0/SCANS/1/ 755 65534',
      'm0/SCANS/1/VOL/ 755 65534',
      'm0/SCANS/1/VOL/a.vol 444 65534',
      'm0/SCANS/1/VOL/b.vol 444 65534',
      'm1/ 700 65534',
    ])
    expect(staged).toEqual([
      { path: 'SCANS/1/VOL/a.vol', size: 3, sha256: createHash('sha256').update('abc').digest('hex') },
      { path: 'SCANS/1/VOL/b.vol', size: 2, sha256: createHash('sha256').update('de').digest('hex') },
    ])
  })

  it('takes an input whose digests are right', async () => {
    const md5 = createHash('md5').update('abc').digest('hex').toUpperCase()
    const { staged } = await unpack([{ folder: 'm', writable: false, inputs: [local('a', 'abc', { kind: 'archive', uri: '/data', md5 })] }])
    expect(staged).toHaveLength(1)
  })

  it('hears at once of an engine that went away while the next bytes were fetched', async () => {
    let arrive = () => {}
    const fetched = new Promise<void>((resolve) => {
      arrive = resolve
    })
    const source = async function* () {
      yield Buffer.alloc(100_000)
      await fetched
      yield Buffer.alloc(100_000)
    }
    const ref = local('a', 'x'.repeat(200_000), { read: async () => Readable.from(source()) })
    const { tar, done } = packInputs([{ folder: 'm', writable: false, inputs: [ref] }], never, () => {})
    const closed = new Promise<void>((resolve) => tar.once('close', () => resolve()))
    tar.resume()
    setImmediate(() => tar.destroy())
    await closed
    setImmediate(arrive)
    await expect(done).rejects.toThrow('closed')
  })

  it.each([
    ['too short', local('a', 'abc', { size: 9 })],
    ['too long', local('a', 'abc', { size: 1 })],
    ['another MD5', local('a', 'abc', { kind: 'archive', uri: '/data', md5: '0'.repeat(32) })],
    ['another SHA-256', local('a', 'abc', { sha256: '0'.repeat(64) })],
  ])('rejects an input that is %s and cuts its tar', async (_, ref) => {
    const { tar, done } = packInputs([{ folder: 'm', writable: false, inputs: [ref] }], never, () => {})
    const drained = (async () => {
      for await (const _chunk of tar);
    })()
    await expect(done).rejects.toEqual(expect.objectContaining({ code: 'integrity' }))
    await expect(drained).rejects.toThrow()
  })
})

describe('checkInputPath', () => {
  it.each(['../a', '/a', 'a//b', 'a/./b', 'a\\b', 'a b', 'Müller.vol', ''])('refuses %s', (path) => {
    expect(() => checkInputPath(path)).toThrow()
  })

  it('takes opaque names', () => {
    expect(() => checkInputPath('SCANS/1-MR2/VOL/scan-0a1b.vol')).not.toThrow()
  })
})

describe('foldersOf', () => {
  it('names the outer before the inner', () => {
    expect(foldersOf(['a/b/c', 'a/d', 'e'])).toEqual(['a', 'a/b'])
  })
})
