import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeDicom } from '../../oct/formats/dicom/write.ts'
import { usualBlockHeader } from '../../oct/formats/vol-layout.ts'
import type { Arrival } from './arrivals.ts'
import { type FolderAccess, nodeFolderAccess } from './folder-access.ts'
import { scanFile } from './inbox.fixture.ts'
import { createListing } from './listing.ts'
import { createWatcher, type Watcher } from './watcher.ts'

let root: string
let time: number
let taken: string[][]
let finals: boolean[]
let answer: (names: string[]) => 'taken' | 'later'
let watcher: Watcher
let errors: unknown[]
const midnight = Date.UTC(2027, 2, 14)
const fault = (code: string) => Object.assign(new Error(code), { code })

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'scanside-watch-'))
  time = midnight + 36_000_000
  taken = []
  finals = []
  errors = []
  answer = () => 'taken'
})
afterEach(async () => {
  await watcher.close()
  await rm(root, { recursive: true, force: true })
})

const watch = (access: Partial<FolderAccess> = {}, before: (place: string) => boolean = () => false) => {
  watcher = createWatcher({
    access: { ...nodeFolderAccess, ...access },
    root,
    platform: 'linux',
    running: false,
    takenBefore: ({ place }) => before(place),
    today: () => midnight,
    now: () => time,
    take: async (arrival: Arrival, final) => {
      const names = arrival.files.map(({ name }) => name)
      const said = answer(names)
      finals.push(final)
      if (said === 'taken') taken.push(names)
      return said
    },
    onStatus: () => {},
    report: (error) => errors.push(error),
  })
}
const look = async (times = 1) => {
  for (let n = 0; n < times; n++) {
    time += 250
    await watcher.look()
  }
}
const put = async (name: string, bytes: Uint8Array, ago = 0) => {
  await mkdir(join(root, name, '..'), { recursive: true })
  await writeFile(join(root, name), bytes)
  const at = new Date(time - ago)
  await utimes(join(root, name), at, at)
}
const day = 86_400_000

describe('a watched folder', () => {
  it('gives a RAW export once its header’s size is reached, at once', async () => {
    watch()
    await look()
    const bytes = scanFile('P-1', 'V01')
    for (const share of [0.001, 0.2, 0.999]) {
      await put('Müller/a.vol', bytes.subarray(0, Math.floor(bytes.length * share)))
      await look(4)
      expect(taken).toEqual([])
      expect(watcher.status().waiting).toBe(1)
    }
    await put('Müller/a.vol', bytes)
    await look()
    expect(taken).toEqual([['a.vol']])
    await look(3)
    expect(taken).toHaveLength(1)
    expect(watcher.status()).toMatchObject({ state: 'watching', waiting: 0, older: 0 })
  })

  it('waits where the room of a file was reserved before it was filled', async () => {
    watch()
    const bytes = scanFile('P-1', 'V01')
    const reserved = Uint8Array.from(bytes).fill(0, 2048)
    await put('a.vol', reserved)
    await look()
    expect(taken).toEqual([])
    await put('a.vol', bytes, -1000)
    await look()
    expect(taken).toEqual([['a.vol']])
    expect(usualBlockHeader(64)).toBeGreaterThan(0)
  })

  it('gives an XML export once every picture it names is there', async () => {
    watch()
    const image = (name: string) => `<Image><ImageData><ExamURL>\\\\dev\\share\\${name}</ExamURL></ImageData></Image>`
    const xml = new TextEncoder().encode(`<?xml version="1.0"?><HEDX><BODY>${image('M%C3%BC.tif')}${image('b&amp;1.TIF')}</BODY></HEDX>\n`)
    const picture = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0)
    await put('scan.xml', xml.subarray(0, 60))
    await look(2)
    await put('scan.xml', xml)
    await put('mü.tif'.normalize('NFD'), picture)
    await look(4)
    expect(taken).toEqual([])
    await put('other.tif', picture)
    await put('b&1.tif', picture)
    await look(2)
    expect(taken.map((names) => names.map((name) => name.normalize('NFC')))).toEqual([['scan.xml', 'mü.tif', 'b&1.tif']])
  })

  it('gives DICOM files that do not grow any more, each scan by itself', async () => {
    watch()
    const dicom = (uid: string, series: string) =>
      writeDicom({ kind: 'opt', syntax: 'explicit', width: 8, height: 8, frames: 2, frame: () => new Uint8Array(64), uid, series, laterality: 'R' })
    const one = dicom('1.2.1', '1.3.1')
    await put('1.dcm', one.subarray(0, one.length - 3))
    await look(6)
    expect(taken).toEqual([])
    await put('1.dcm', one)
    await put('2.dcm', dicom('1.2.2', '1.3.2'))
    await look(4)
    expect(taken.flat().sort()).toEqual(['1.dcm', '2.dcm'])
    expect(taken).toHaveLength(2)
  })

  it('tries a busy file again without a word', async () => {
    let busy = ['EBUSY', 'EPERM', 'EACCES', 'ENOENT']
    watch({
      source: (file, size) => {
        const code = busy.shift()
        return code ? { size, read: () => Promise.reject(fault(code)) } : nodeFolderAccess.source(file, size)
      },
    })
    await put('a.vol', scanFile('P-1', 'V01'))
    await look(4)
    expect(taken).toEqual([])
    busy = []
    await look()
    expect(taken).toHaveLength(1)
    expect(errors).toEqual([])
  })

  it('offers again what could not be read yet, and says when it will not become better', async () => {
    watch()
    answer = () => 'later'
    await put('a.vol', scanFile('P-1', 'V01'))
    await look(3)
    time += 10_000
    answer = () => 'taken'
    await look()
    expect(finals).toEqual([false, false, false, true])
    expect(taken).toHaveLength(1)
  })

  it.each([
    ['ENOENT', 'away'],
    ['EIO', 'away'],
    ['EHOSTDOWN', 'away'],
    ['ETIMEDOUT', 'away'],
    ['EACCES', 'no-permission'],
  ] as const)('a folder that answers %s is %s, and comes back', async (code, state) => {
    let gone = false
    watch({ list: (folder) => (gone ? Promise.reject(fault(code)) : nodeFolderAccess.list(folder)) })
    await put('a.vol', scanFile('P-1', 'V01'))
    await look()
    gone = true
    await look(2)
    expect(watcher.status().state).toBe(state)
    gone = false
    await put('b.vol', scanFile('P-2', 'V01'))
    await look()
    expect(watcher.status().state).toBe('watching')
    expect(taken).toEqual([['a.vol'], ['b.vol']])
    expect(errors).toEqual([])
  })

  it('a share that comes back empty and then full brings nothing twice', async () => {
    let empty = false
    watch({ list: (folder) => (empty ? Promise.resolve([]) : nodeFolderAccess.list(folder)) })
    await put('old.vol', scanFile('P-1', 'V01'), 5 * day)
    await put('a.vol', scanFile('P-2', 'V01'))
    await look()
    empty = true
    await look(2)
    expect(watcher.status().older).toBe(0)
    empty = false
    await look(2)
    expect(watcher.status().older).toBe(1)
    expect(taken).toEqual([['a.vol']])
  })

  it('takes only today’s of what was there before, unless a person asks for the rest', async () => {
    watch()
    await put('old.vol', scanFile('P-1', 'V01'), 3 * day)
    await put('today.vol', scanFile('P-2', 'V01'), 3_600_000)
    await look(2)
    expect(taken).toEqual([['today.vol']])
    expect(watcher.status()).toMatchObject({ older: 1, identified: { files: 2, oldestDays: 3 } })
    // What is new while it watches is taken, whatever time it carries.
    await put('copied.vol', scanFile('P-3', 'V01'), 30 * day)
    await look()
    expect(taken.at(-1)).toEqual(['copied.vol'])
    watcher.takeOlder()
    await look()
    expect(taken.at(-1)).toEqual(['old.vol'])
    expect(watcher.status().older).toBe(0)
  })

  it('knows what was taken in an earlier life, and sees when such a file changes', async () => {
    watch({}, (place) => place === 'a.vol')
    await put('a.vol', scanFile('P-1', 'V01'), 1_000)
    await look(3)
    expect(taken).toEqual([])
    await put('a.vol', scanFile('P-1', 'V01', { take: 1 }))
    await look(3)
    expect(taken).toEqual([['a.vol']])
  })

  it('waits where a scan is written over another of its size, whose end is still the old one', async () => {
    watch()
    const [first, second] = [scanFile('P-1', 'V01'), scanFile('P-1', 'V01', { take: 1 })]
    await put('a.vol', first)
    await look()
    expect(taken).toHaveLength(1)
    for (const share of [0.2, 0.5, 0.9]) {
      const half = Math.floor(first.length * share)
      await put('a.vol', Uint8Array.from([...second.subarray(0, half), ...first.subarray(half)]), -share * 1000)
      await look()
      expect(taken).toHaveLength(1)
    }
    await put('a.vol', second, -1000)
    await look(3)
    expect(taken).toHaveLength(2)
  })

  it('gives an XML export again where its pictures change after it was taken, and only once they rest', async () => {
    watch()
    const xml = (n: number) => `<HEDX><BODY n="${n}"><Image><ImageData><ExamURL>a.tif</ExamURL></ImageData></Image></BODY></HEDX>`
    const picture = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0)
    await put('scan.xml', new TextEncoder().encode(xml(1)))
    await put('a.tif', picture)
    await look(2)
    expect(taken).toHaveLength(1)
    // The device exports over it: first the XML, then the picture.
    await put('scan.xml', new TextEncoder().encode(xml(2)))
    await look(3)
    await put('a.tif', Uint8Array.from([...picture, 1]))
    await look(3)
    expect(taken).toHaveLength(1)
    await look(6)
    expect(taken).toHaveLength(2)
    await look(3)
    await put('a.tif', Uint8Array.from([...picture, 1, 2]))
    await look(9)
    expect(taken).toEqual([
      ['scan.xml', 'a.tif'],
      ['scan.xml', 'a.tif'],
      ['scan.xml', 'a.tif'],
    ])
  })

  it('takes what is free although other files stay held by another program', async () => {
    watch()
    answer = ([name = '']) => {
      if (name.startsWith('held')) throw fault('EBUSY')
      return 'taken'
    }
    for (const name of ['held1', 'held2', 'held3', 'held4']) await put(`${name}.vol`, scanFile('P-1', 'V01'))
    await look(10)
    await put('free.vol', scanFile('P-2', 'V01'))
    await look()
    expect(taken).toEqual([['free.vol']])
    expect(errors).toEqual([])
  })

  it('counts 5,000 older files without opening one for itself, and takes what arrives among them', async () => {
    await mkdir(join(root, 'archive'))
    const before = new Date(time - 20 * day)
    for (let n = 0; n < 5_000; n += 50) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          const file = join(root, 'archive', `${n + i}.vol`)
          await writeFile(file, 'HSF-OCT-103')
          await utimes(file, before, before)
        }),
      )
    }
    let opened = 0
    watch({
      source: (file, size) => {
        opened++
        return nodeFolderAccess.source(file, size)
      },
    })
    await look()
    expect(watcher.status()).toMatchObject({ older: 5_000, waiting: 0 })
    expect(opened).toBeLessThanOrEqual(40)
    await put('a.vol', scanFile('P-1', 'V01'))
    await look()
    expect(taken).toEqual([['a.vol']])
  }, 60_000)

  it('forgets what was taken and moved away a day ago, and what comes back is known', async () => {
    watch()
    const there = (place: string) => place === 'a.vol'
    const listing = createListing({
      access: nodeFolderAccess,
      root,
      platform: 'linux',
      takenBefore: ({ place }) => there(place),
      today: () => midnight,
    })
    await put('a.vol', scanFile('P-1', 'V01'))
    await listing.look(time, time)
    await rename(join(root, 'a.vol'), `${root}.away`)
    await listing.look(time + 3_600_000, time)
    expect(listing.files.get('a.vol')?.gone).toBe(true)
    await listing.look(time + 2 * day, time)
    expect(listing.files.size).toBe(0)
    await rename(`${root}.away`, join(root, 'a.vol'))
    await listing.look(time + 2 * day, time)
    expect(listing.files.get('a.vol')?.state).toBe('settled')
  })

  it('a file that is renamed into place is taken under its new name', async () => {
    watch()
    await put('a.tmp', scanFile('P-1', 'V01').subarray(0, 3_000))
    await look(2)
    await put('a.tmp', scanFile('P-1', 'V01'))
    await rename(join(root, 'a.tmp'), join(root, 'a.vol'))
    await look()
    expect(taken).toEqual([['a.vol']])
    expect(watcher.status().waiting).toBe(0)
  })
})
