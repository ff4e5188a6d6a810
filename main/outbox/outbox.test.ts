import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { shownItem } from './answers.ts'
import { openDisk } from './disk.ts'
import { Death, dyingDisk, type FakeXnat, fakeXnat, keepRecords, type Mood, newItem, openIn } from './fakes.ts'
import type { Outbox, OutboxOptions } from './outbox.ts'

let folder = ''
let xnat: FakeXnat
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-outbox-'))
  xnat = fakeXnat()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const never = new AbortController().signal
const faults: unknown[] = []
const opened = (change: Partial<OutboxOptions> = {}): Promise<Outbox> => openIn(folder, xnat, { report: (error) => faults.push(error), ...change })
const left = async () => (await readdir(folder)).sort()
const shown = (outbox: Outbox) => outbox.list().map((entry) => shownItem(entry, true))
const resultsName = (id: string) => `oct-quality/0.1.0/${id}/results.json`

describe('an item', () => {
  it('lies sealed until the archive was read back, then nothing of it is left', async () => {
    const outbox = await opened()
    const home = new Set<string>()
    keepRecords(outbox, home)
    expect(await outbox.put(newItem('run-1'))).toBeNull()
    expect(await left()).toEqual(['run-1.item'])
    const file = await readFile(join(folder, 'run-1.item'), 'latin1')
    for (const secret of ['DEMO-MS', 'P-0142', 'XNAT_E1', 'xnat.example', 'oct-quality', '"of"']) expect(file).not.toContain(secret)
    xnat.mood = 'resets'
    expect(await outbox.send(never)).toEqual({ sent: 0, tried: 1 })
    expect(await left()).toEqual(['run-1.item'])
    xnat.mood = 'good'
    expect(await outbox.send(never)).toEqual({ sent: 1, tried: 1 })
    expect([...xnat.files.keys(), ...home]).toEqual([resultsName('run-1'), resultsName('run-1')])
    expect(await left()).toEqual([])
    expect(outbox.list()).toEqual([])
  })

  it('is packed once, however often it is given', async () => {
    const outbox = await opened()
    await Promise.all([outbox.put(newItem('run-1')), outbox.put(newItem('run-1')), outbox.put(newItem('run-1'))])
    expect(await left()).toEqual(['run-1.item'])
    await outbox.put(newItem('run-1', 'results', '{"of":"a later collection"}'))
    await outbox.send(never)
    expect(Buffer.from(xnat.files.get(resultsName('run-1'))?.bytes ?? []).toString()).toContain('later')
  })

  it('that took the place of one that was just being sent stays', async () => {
    let begun = () => {}
    let goOn = () => {}
    const sending = new Promise<void>((resolve) => {
      begun = resolve
    })
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const publish: typeof xnat.archive.publish = async (...of) => {
      begun()
      await held
      return xnat.archive.publish(...of)
    }
    const outbox = await opened({ archive: () => ({ id: 'xnat.example', demo: false, archive: { ...xnat.archive, publish } }) })
    await outbox.put(newItem('run-1'))
    const sent = outbox.send(never)
    await sending
    await outbox.put(newItem('run-1', 'results', '{"another":"content"}'))
    goOn()
    await sent
    expect(await left()).toEqual(['run-1.item'])
    expect(shown(await opened())).toMatchObject([{ id: 'run-1', size: 21, state: 'waiting' }])
  })

  it('outlives the application, and its records', async () => {
    await (await opened()).put(newItem('run-1'))
    const outbox = await opened()
    expect(shown(outbox)).toMatchObject([{ id: 'run-1', run: 'run-1', title: 'DEMO-MS / P-0142 / V02', state: 'waiting', size: 14 }])
    expect(await outbox.send(never)).toEqual({ sent: 1, tried: 1 })
    expect(await left()).toEqual([])
  })

  it('is in memory without a keyring, and of the demo lab always', async () => {
    const outbox = await opened({ key: async () => null })
    await outbox.put(newItem('run-1'))
    await (await opened()).put({ ...newItem('run-2'), demo: true })
    expect(await left()).toEqual([])
    expect(outbox.unkept()).toHaveLength(1)
    expect(await outbox.send(never)).toEqual({ sent: 1, tried: 1 })
  })

  it('goes to its own archive alone', async () => {
    const outbox = await opened()
    const item = newItem('run-1')
    await outbox.put({ ...item, content: { ...item.content, archive: 'other.example' } })
    expect(await outbox.send(never)).toEqual({ sent: 0, tried: 0 })
    const answer = await outbox.attempt('run-1', never, () => undefined)
    expect(answer).toMatchObject({ is: 'waits', why: null })
    expect(xnat.requests).toBe(0)
  })

  it('waits without a question where the archive is known to be away', async () => {
    const outbox = await opened({ archive: () => ({ id: 'xnat.example', demo: false, ready: false, archive: xnat.archive }) })
    await outbox.put(newItem('run-1'))
    expect(await outbox.send(never)).toEqual({ sent: 0, tried: 1 })
    expect(shown(outbox)[0]?.message).toMatch(/kept here and sent later\. The archive does not answer/)
    expect(xnat.requests).toBe(0)
  })

  it('stays with its sentence in the records where the disk is full', async () => {
    const disk = await openDisk(folder)
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    const outbox = await opened({ disk: { ...disk, write: () => Promise.reject(full) } })
    expect(await outbox.put(newItem('run-1'))).toMatch(/disk of this computer is full.*kept in this desk’s records/)
    expect(await left()).toEqual([])
    expect(await outbox.send(never)).toEqual({ sent: 1, tried: 1 })
  })
})

describe('the order', () => {
  it('is gradings first, then the oldest, over restarts', async () => {
    const first = await opened()
    await first.put(newItem('run-b'))
    await first.put(newItem('run-a'))
    const outbox = await opened()
    await outbox.put(newItem('run-0'))
    await outbox.put(newItem('word-1', 'grading'))
    await outbox.send(never)
    expect(xnat.stored).toEqual(['scanside-grading/1/word-1/grading.json', ...['run-b', 'run-a', 'run-0'].map(resultsName)])
  })

  it('sends what waited before a run that has just ended', async () => {
    const outbox = await opened()
    for (const id of ['run-1', 'run-2', 'run-3']) await outbox.put(newItem(id))
    const noted: string[] = []
    const answers = await Promise.all(['run-3', 'run-2'].map((id) => outbox.attempt(id, never, () => void noted.push(id))))
    expect(answers.map(({ is }) => is)).toEqual(['home', 'home'])
    expect(xnat.stored).toEqual(['run-1', 'run-2', 'run-3'].map(resultsName))
    expect(noted).toEqual(['run-2', 'run-3'])
  })

  it('is not held up for ever by one that each time looks as if the archive had gone away', async () => {
    let here = true
    const publish: typeof xnat.archive.publish = async (path, name, ...rest) => {
      if (!name.includes('run-1')) return xnat.archive.publish(path, name, ...rest)
      here = false
      throw new ScansideError('unreachable', 'The connection was reset.')
    }
    const outbox = await opened({ archive: () => ({ id: 'xnat.example', demo: false, archive: { ...xnat.archive, publish }, ready: here }) })
    for (const id of ['run-1', 'run-2', 'run-3']) await outbox.put(newItem(id))
    for (let pass = 0; pass < 3; pass++) {
      here = true
      expect(await outbox.send(never)).toEqual({ sent: 0, tried: 3 })
    }
    here = true
    expect(await outbox.send(never)).toEqual({ sent: 2, tried: 3 })
    expect(xnat.stored).toEqual([resultsName('run-2'), resultsName('run-3')])
    expect(await left()).toEqual(['run-1.item'])
  })

  it('is not held up by one that the archive faults over, nor spent on an archive that is away', async () => {
    const outbox = await opened()
    for (const id of ['run-1', 'run-2', 'run-3', 'run-4']) await outbox.put(newItem(id))
    let asked = 0
    xnat.before = () => {
      // The first item alone.
      xnat.mood = asked++ < 1 ? 500 : 'good'
    }
    await outbox.send(never)
    expect(xnat.stored).toHaveLength(3)
    xnat.before = () => undefined
    xnat.mood = 'resets'
    for (const id of ['run-5', 'run-6']) await outbox.put(newItem(id))
    const before = xnat.requests
    expect(await outbox.send(never)).toEqual({ sent: 0, tried: 3 })
    expect(xnat.requests - before).toBe(2)
  })
})

describe('exactly once', () => {
  const cases: [string, Mood, Partial<FakeXnat>, string][] = [
    ['stores and then resets', 'stores-then-resets', {}, 'waiting'],
    ['answers 200 and stores nothing', 'stores-nothing', {}, 'refused'],
    ['leaves a piece in no catalog', 'piece-then-resets', {}, 'waiting'],
    ['catalogs a piece', 'stores-half', {}, 'waiting'],
    ['catalogs a piece and tells no digests', 'stores-half', { digests: false }, 'waiting'],
    ['speaks of duplicates and stores nothing', 'duplicates', {}, 'waiting'],
    ['stores, resets, and lists everything twice', 'stores-then-resets', { twice: true }, 'waiting'],
    ['stores, resets, and tells no digests', 'stores-then-resets', { digests: false }, 'waiting'],
    ['is away', 'resets', {}, 'waiting'],
    ['sends a web page', 'web-page', {}, 'waiting'],
    ['answers 401', 401, {}, 'waiting'],
    ['answers 403', 403, {}, 'refused'],
    ['answers 404', 404, {}, 'refused'],
    ['answers 500', 500, {}, 'waiting'],
  ]
  for (const [what, mood, change, state] of cases) {
    it(`arrives where the archive ${what}, and is sound again later`, async () => {
      const outbox = await opened()
      const home = new Set<string>()
      const heard = keepRecords(outbox, home)
      await outbox.put(newItem('run-1'))
      Object.assign(xnat, change, { mood })
      expect(await outbox.send(never)).toEqual({ sent: 0, tried: 1 })
      expect(shown(outbox)).toMatchObject([{ state, message: expect.stringMatching(/\S/) }])
      expect(home.size).toBe(0)
      expect(await left()).toEqual(['run-1.item'])
      xnat.mood = 'good'
      expect(await outbox.send(never, true)).toEqual({ sent: 1, tried: 1 })
      const found = xnat.files.get(resultsName('run-1'))
      expect(Buffer.from(found?.bytes ?? [])).toEqual(newItem('run-1').bytes)
      expect(xnat.stored.length, 'stored').toBe(mood === 'stores-half' ? 2 : 1)
      expect([...home]).toHaveLength(1)
      expect(heard.filter((line) => line.startsWith('home'))).toHaveLength(1)
      expect(await left()).toEqual([])
      expect(await outbox.send(never, true)).toEqual({ sent: 0, tried: 0 })
    })
  }

  it('is not sent where it is there already', async () => {
    const item = newItem('run-1')
    xnat.files.set(resultsName('run-1'), { bytes: item.bytes, catalogued: true })
    const outbox = await opened()
    await outbox.put(item)
    expect(await outbox.send(never)).toEqual({ sent: 1, tried: 1 })
    expect(xnat.stored).toEqual([])
  })

  it('is asked for again where its arrival could not be noted, and not sent again', async () => {
    const outbox = await opened()
    await outbox.put(newItem('run-1'))
    const failing = await outbox.attempt('run-1', never, () => {
      throw new Error('the records are on a full disk')
    })
    expect(failing.is).toBe('home')
    expect(await left()).toEqual(['run-1.item'])
    expect(await outbox.send(never)).toEqual({ sent: 1, tried: 1 })
    expect(xnat.stored).toHaveLength(1)
  })
})

/**
 * Packed, sent, noted and destroyed; the application dies at one step of it. The next life finds what there is: records that say it is home, or
 * the results in them, which are packed again; or no records at all.
 */
describe('a crash', () => {
  const live = async (death: Death, known: boolean): Promise<'lived' | 'died'> => {
    const home = new Set<string>()
    const guard = () => death.alive()
    xnat.before = guard
    xnat.after = () => {
      guard()
      if (death.steps++ === death.at) death.die()
    }
    const dead = await opened({ disk: dyingDisk(await openDisk(folder), death) })
    keepRecords(dead, home, death)
    let packed = false
    try {
      packed = (await dead.put(newItem('run-1'))) === null
      death.alive()
      await dead.attempt('run-1', never, (published) => {
        death.alive()
        home.add(published.path)
      })
    } catch {
      // Dead.
    }
    xnat.before = () => undefined
    xnat.after = () => undefined
    const again = await opened()
    keepRecords(again, home)
    // Results are in the records before they are packed; lost records lose what was never packed, as a disk that burns does.
    if (home.size === 0 && !again.has('run-1') && (known || !packed)) await again.put(newItem('run-1'))
    await again.send(never)
    expect(xnat.stored, `stored, ${death.when} step ${death.at}`).toEqual([resultsName('run-1')])
    expect(home.size).toBeGreaterThan(0)
    expect(await left(), `files, ${death.when} step ${death.at}`).toEqual([])
    expect(again.list()).toEqual([])
    return death.dead ? 'died' : 'lived'
  }
  for (const when of ['before', 'after', 'torn'] as const) {
    for (const known of [true, false]) {
      it(`${when} any step loses nothing, sends once and leaves nothing, records ${known ? 'there' : 'lost'}`, async () => {
        let at = 0
        for (;;) {
          xnat.files.clear()
          xnat.stored.length = 0
          if ((await live(new Death(at, when), known)) === 'lived') break
          at++
        }
        // 4 to write, 3 requests, 4 to destroy.
        expect(at).toBe(11)
      })
    }
  }
})
