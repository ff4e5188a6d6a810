/** What a person is asked: conflicts, refusals, what cannot be opened. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outboxMethods } from '../../preload/outbox.ts'
import { besideName, shownItem } from './answers.ts'
import { type Disk, openDisk } from './disk.ts'
import { Death, dyingDisk, type FakeXnat, fakeXnat, keepRecords, newItem, openIn, testKey } from './fakes.ts'
import { createOutboxRoom, type Outbox, type OutboxOptions } from './outbox.ts'

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

describe('a conflict', () => {
  const other = Buffer.from('somebody else’s')
  const conflicting = async () => {
    xnat.files.set(resultsName('run-1'), { bytes: other, catalogued: true })
    const outbox = await opened()
    const home = new Set<string>()
    const heard = keepRecords(outbox, home)
    await outbox.put(newItem('run-1'))
    await outbox.send(never)
    return { outbox, home, heard }
  }
  const at = (name: string) => Buffer.from(xnat.files.get(name)?.bytes ?? [])

  it('is shown, never guessed', async () => {
    const { outbox, heard } = await conflicting()
    expect(shown(outbox)).toMatchObject([
      {
        state: 'conflict',
        choices: ['keep-theirs', 'send-beside', 'replace'],
        theirs: { size: other.length, md5: expect.stringMatching(/^[0-9a-f]{32}$/) },
      },
    ])
    expect(outbox.counts()).toEqual({ waiting: 0, blocked: 1 })
    await outbox.send(never)
    await outbox.send(never, true)
    expect(at(resultsName('run-1'))).toEqual(other)
    expect(xnat.stored).toEqual([])
    expect(heard.every((line) => line.startsWith('waits'))).toBe(true)
  })

  it('keeps theirs', async () => {
    const { outbox, heard } = await conflicting()
    await outbox.decide('run-1', 'keep-theirs')
    expect(at(resultsName('run-1'))).toEqual(other)
    expect(heard.at(-1)).toBe(`keep-theirs ${resultsName('run-1')}`)
    expect(await left()).toEqual([])
  })

  it('sends ours beside it, once, also where a crash came before its end was seen', async () => {
    const { outbox, home } = await conflicting()
    xnat.mood = 'stores-then-resets'
    await expect(outbox.decide('run-1', 'send-beside')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/^Nothing was changed/),
    })
    expect(shown(outbox)[0]?.state).toBe('conflict')
    xnat.mood = 'good'
    const again = await opened()
    keepRecords(again, home)
    expect(await again.send(never)).toEqual({ sent: 1, tried: 1 })
    const aside = besideName(resultsName('run-1'), again.list()[0]?.content?.md5 ?? '')
    expect(aside).toMatch(/^oct-quality\/0\.1\.0\/run-1\/beside-/)
    expect(xnat.stored).toHaveLength(1)
    expect(at(xnat.stored[0] ?? '')).toEqual(newItem('run-1').bytes)
    expect(at(resultsName('run-1'))).toEqual(other)
    expect(await left()).toEqual([])
  })

  it('replaces theirs, and only what was shown', async () => {
    const { outbox } = await conflicting()
    const third = Buffer.from('changed meanwhile')
    xnat.files.set(resultsName('run-1'), { bytes: third, catalogued: true })
    await expect(outbox.decide('run-1', 'replace')).rejects.toMatchObject({ code: 'conflict' })
    expect(at(resultsName('run-1'))).toEqual(third)
    expect(shown(outbox)).toMatchObject([{ state: 'conflict', theirs: { size: third.length } }])
    await outbox.decide('run-1', 'replace')
    expect(at(resultsName('run-1'))).toEqual(newItem('run-1').bytes)
    expect(await left()).toEqual([])
  })

  it('takes no choice that is not one now', async () => {
    const { outbox } = await conflicting()
    await expect(outbox.decide('run-1', 'discard')).rejects.toMatchObject({ code: 'conflict' })
    await expect(outbox.decide('nobody', 'replace')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('with a file of its size and no digests is told by its bytes', async () => {
    const same = Buffer.from(newItem('run-1').bytes).reverse()
    xnat.digests = false
    xnat.files.set(resultsName('run-1'), { bytes: same, catalogued: true })
    const outbox = await opened()
    await outbox.put(newItem('run-1'))
    await outbox.send(never)
    expect(shown(outbox)[0]?.state).toBe('conflict')
    await outbox.decide('run-1', 'replace')
    expect(at(resultsName('run-1'))).toEqual(newItem('run-1').bytes)
  })
})

describe('what is refused', () => {
  it('is tried again when somebody asks, and let go when somebody says so', async () => {
    xnat.mood = 403
    const outbox = await opened()
    const heard = keepRecords(outbox, new Set())
    for (const id of ['run-1', 'run-2']) await outbox.put(newItem(id))
    await outbox.send(never)
    expect(shown(outbox)).toMatchObject([{ state: 'refused', choices: ['retry', 'discard'] }, { state: 'refused' }])
    const asked = xnat.requests
    await outbox.send(never)
    expect(xnat.requests).toBe(asked)
    await outbox.decide('run-2', 'discard')
    xnat.mood = 'good'
    await outbox.decide('run-1', 'retry')
    expect(xnat.stored).toEqual([resultsName('run-1')])
    expect(heard).toContain(`discard ${resultsName('run-2')}`)
    expect(await left()).toEqual([])
  })
})

it('is not told to be let go of while its file can still be sent', async () => {
  xnat.mood = 403
  const death = new Death(-1, 'before')
  const outbox = await opened({ disk: dyingDisk(await openDisk(folder), death) })
  const heard = keepRecords(outbox, new Set())
  await outbox.put(newItem('run-1'))
  await outbox.send(never)
  death.at = death.steps
  await expect(outbox.decide('run-1', 'discard')).rejects.toThrow('dead')
  expect(await left()).toEqual(['run-1.item'])
  expect(heard.some((line) => line.startsWith('discard'))).toBe(false)
})

it('leaves no key behind where an overwriting was torn, or what is damaged is discarded', async () => {
  const overwritten: number[] = []
  const disk = await openDisk(folder)
  const overwrite: Disk['overwrite'] = async (name, bytes) => {
    overwritten.push(bytes.length)
    await disk.overwrite(name, bytes)
  }
  const first = await opened()
  for (const id of ['run-1', 'run-2']) await first.put(newItem(id))
  const bytes = await readFile(join(folder, 'run-1.item'))
  const line = bytes.indexOf(0x0a) + 1
  // Its first bytes alone were on the medium when the power failed.
  await writeFile(join(folder, 'run-1.item'), Buffer.concat([Buffer.alloc(16), bytes.subarray(16)]))
  await writeFile(join(folder, 'run-2.item'), Buffer.concat([bytes.subarray(0, 5), Buffer.from('!'), bytes.subarray(6)]))
  const outbox = await opened({ disk: { ...disk, overwrite } })
  await outbox.decide('run-2-damaged', 'discard')
  expect(await left()).toEqual([])
  expect(overwritten).toHaveLength(2)
  for (const length of overwritten) expect(length).toBeGreaterThanOrEqual(line)
})

describe('what cannot be opened', () => {
  it('is said where its key is lost, stays, and is sent once the key is there again', async () => {
    await (await opened()).put(newItem('run-1'))
    let there: string | null = 'cd'.repeat(32)
    const outbox = await opened({ key: async () => there })
    expect(shown(outbox)).toMatchObject([
      {
        state: 'locked',
        title: '',
        size: 14,
        kind: 'results',
        choices: ['retry', 'discard'],
        message: expect.stringMatching(/keyring.*run the scans again/),
      },
    ])
    expect(outbox.keyless()).toBe(1)
    expect(await outbox.send(never, true)).toEqual({ sent: 0, tried: 0 })
    await expect(outbox.decide('run-1', 'retry')).rejects.toMatchObject({ code: 'keyring-unavailable' })
    expect(await left()).toEqual(['run-1.item'])
    there = null
    expect(shown(await opened({ key: async () => there }))).toMatchObject([{ state: 'locked' }])
    there = testKey
    expect(await outbox.send(never, true)).toEqual({ sent: 1, tried: 1 })
    expect(await left()).toEqual([])
  })

  it('is packed again from the records where they know it', async () => {
    await (await opened()).put(newItem('run-1'))
    const outbox = await opened({ key: async () => 'cd'.repeat(32) })
    expect(outbox.has('run-1')).toBe(false)
    await outbox.put(newItem('run-1'))
    expect(await outbox.send(never)).toEqual({ sent: 1, tried: 1 })
    expect(await left()).toEqual([])
  })

  it.each([
    ['its line', 5],
    ['its ciphertext', -3],
  ])('is put aside and said where %s is damaged, and nothing else suffers', async (_what, place) => {
    const first = await opened()
    await first.put(newItem('run-1'))
    await first.put(newItem('run-2'))
    const path = join(folder, 'run-1.item')
    const bytes = await readFile(path)
    bytes[place < 0 ? bytes.length + place : place] = 0x21
    await writeFile(path, bytes)
    const outbox = await opened()
    await outbox.send(never)
    expect(xnat.stored).toEqual([resultsName('run-2')])
    expect(await left()).toEqual([expect.stringMatching(/^run-1\.item\.damaged-\d+$/)])
    expect(await readFile(join(folder, (await left())[0] ?? ''))).toEqual(bytes)
    for (const one of [outbox, await opened()]) {
      expect(shown(one)).toMatchObject([
        { id: 'run-1-damaged', state: 'locked', choices: ['discard'], message: expect.stringMatching(/damaged.*not deleted/) },
      ])
    }
    await outbox.decide('run-1-damaged', 'discard')
    expect(await left()).toEqual([])
  })

  it('is left alone where a newer Scanside wrote it, and so is what is no item', async () => {
    const newer = '{"format":"scanside-outbox","version":2,"id":"run-1"}\nwhatever'
    await writeFile(join(folder, 'run-1.item'), newer)
    await writeFile(join(folder, 'notes.txt'), 'mine')
    const outbox = await opened()
    expect(shown(outbox)).toMatchObject([{ id: 'run-1', state: 'locked', choices: [], message: expect.stringMatching(/newer Scanside/) }])
    expect(outbox.keyless(), 'no key is gone').toBe(0)
    await outbox.put(newItem('run-1'))
    await outbox.send(never, true)
    expect(await readFile(join(folder, 'run-1.item'), 'utf8')).toBe(newer)
    expect(await left()).toEqual(['notes.txt', 'run-1.item'])
  })
})

it('shows no titles on a locked desk, and takes no choice there', async () => {
  const outbox = await opened()
  await outbox.put(newItem('run-1'))
  let locked = true
  const room = createOutboxRoom({
    outbox,
    locked: () => locked,
    look: async () => undefined,
    waiting: () => 1,
    send: async () => ({ sent: 0, waiting: 1 }),
    decided: () => undefined,
  })
  const list = async () => outboxMethods['outbox.list'].output.parse(await room.handlers['outbox.list']())
  expect((await list()).items).toMatchObject([{ title: '' }])
  await expect(room.handlers['outbox.decide']({ item: 'run-1', choice: 'retry' })).rejects.toMatchObject({ code: 'forbidden' })
  locked = false
  expect((await list()).items).toMatchObject([{ title: 'DEMO-MS / P-0142 / V02' }])
  expect(room.counts()).toEqual({ waiting: 1, blocked: 0 })
})
