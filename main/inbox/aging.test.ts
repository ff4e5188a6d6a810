import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { RunRecord } from '../store/lab-runs.ts'
import { fateOf, forgetAged, mostAtOnce } from './aging.ts'
import { openDesk, scanFile, type TestDesk } from './inbox.fixture.ts'

let desk: TestDesk | null = null
afterEach(async () => {
  await desk?.close()
  desk = null
})

describe('a scan whose days are over', () => {
  const done = { read: true, said: false, waits: false, pictured: true }
  it.each([
    ['nobody has read', { ...done, read: false }, false, 'keep'],
    ['is in hand', done, true, 'keep'],
    ['waits to go home', { ...done, waits: true }, false, 'keep'],
    ['waits to go home, decided', { ...done, waits: true, said: true }, false, 'keep'],
    ['was read and no more', done, false, 'forget'],
    ['was read and no more, without a picture', { ...done, pictured: false }, false, 'forget'],
    ['somebody decided on', { ...done, said: true }, false, 'thin'],
    ['somebody decided on, its pictures gone', { ...done, said: true, pictured: false }, false, 'keep'],
  ] as const)('and that %s', (_what, facts, inHand, fate) => {
    expect(fateOf(facts, inHand)).toBe(fate)
  })
})

it('is reached also where very many older ones must be kept', () => {
  const all = Array.from({ length: mostAtOnce * 2 + 1 }, (_, n) => ({
    id: String(n),
    read: true,
    said: false,
    waits: n < mostAtOnce * 2,
    pictured: true,
  }))
  const removed: string[] = []
  const records = { aged: (_day: string, most: number) => all.slice(0, most), thin: () => undefined, remove: (id: string) => void removed.push(id) }
  const last = String(mostAtOnce * 2)
  expect(forgetAged(records, '2026-01-01', () => false)).toEqual({ forgotten: [last], thinned: [] })
  expect(removed).toEqual([last])
  expect(forgetAged(records, '2026-01-01', () => true)).toEqual({ forgotten: [], thinned: [] })
})

describe('the Inbox by time', () => {
  const long = '9999-01-01'

  it('lets go of what is done with: entry, verdict and picture; what was decided keeps its word, what is being read or open stays', async () => {
    desk = await openDesk()
    const { inbox, people, locals, lab } = desk
    const { get, until } = desk
    await people.handlers['people.pick']({ id: 'jk', pin: null })
    await inbox.handlers['inbox.watch']({ path: desk.home })
    for (const n of [1, 2, 3, 4, 5]) {
      await writeFile(join(desk.home, `${n}.vol`), scanFile(`PAT-${n}`, 'V1', { seed: n }))
      await until(() => get().scans.filter(({ state }) => state === 'judged').length === n)
    }
    const ids = get().scans.map(({ id }) => id)
    expect(lab.inbox.aged(long, 99), 'one is read').toHaveLength(1)
    const [decided, plain, open, unread, reading] = ids as [string, string, string, string, string]
    // Everything but one has been before somebody.
    for (const id of [decided, plain, open, reading]) await inbox.handlers['inbox.read']({ scan: id })
    await inbox.handlers['inbox.decide']({ scan: decided, decision: 'keep' })
    await inbox.handlers['inbox.read']({ scan: reading })
    // Their bytes are let go, as they are in time; one is open in the viewer.
    for (const { id, local } of get().scans) if (local !== null && id !== open) await locals.drop(local)
    expect(get().reading).toBe(reading)

    expect(lab.inbox.aged(long, 99)).toHaveLength(4)
    expect(lab.inbox.aged(long, 2)).toHaveLength(2)
    expect(inbox.forgetBefore('2000-01-01')).toEqual({ scans: 0, pictures: 0 })
    expect(inbox.forgetBefore(long)).toEqual({ scans: 1, pictures: 1 })
    expect(lab.inbox.get(plain)).toBeNull()
    expect([lab.inbox.thumb(plain), lab.inbox.verdicts(plain), lab.inbox.places(plain)]).toEqual([null, [], []])
    expect(lab.inbox.thumb(decided)).toBeNull()
    expect(lab.inbox.verdicts(decided)).toHaveLength(1)
    expect(lab.inbox.decision(decided)?.what).toBe('keep')
    for (const id of [open, unread, reading]) expect(lab.inbox.thumb(id), 'untouched').not.toBeNull()
    await until(() => get().scans.length === 4)
    // What was thinned is thinned once.
    expect(inbox.forgetBefore(long)).toEqual({ scans: 0, pictures: 0 })
  })

  it('keeps what a run works with, or whose results are not home, by whatever digest the run knows it', async () => {
    desk = await openDesk()
    const { inbox, people, locals, lab } = desk
    const { get, until } = desk
    await people.handlers['people.pick']({ id: 'jk', pin: null })
    await inbox.handlers['inbox.watch']({ path: desk.home })
    await writeFile(join(desk.home, 'a.vol'), scanFile('PAT-1', 'V1'))
    await writeFile(join(desk.home, 'b.vol'), scanFile('PAT-2', 'V1', { seed: 2 }))
    await until(() => get().scans.filter(({ state }) => state === 'judged').length === 2)
    const [first, second] = get().scans.map(({ id }) => id) as [string, string]
    for (const { id, local } of get().scans) {
      await inbox.handlers['inbox.read']({ scan: id })
      if (local !== null) await locals.drop(local)
    }
    const run: RunRecord = {
      id: 'run-1',
      pipeline: { name: 'p', version: '1' },
      state: 'done',
      subject: '',
      scans: 1,
      startedBy: 'jk',
      createdAt: '2026-01-01T00:00:00.000Z',
      endedAt: null,
      verdicts: [],
      message: null,
      home: 'none',
      demo: false,
      outcome: 'done',
      archive: null,
      session: null,
      refs: [],
      image: { name: 'p', digest: '' },
      engine: 'builtin',
    }
    const digest = (id: string) => lab.inbox.verdicts(id)[0]?.result.inputs[0]?.sha256 ?? ''
    const input = { name: 'scan.vol', archive: '', session: '', scan: '', size: 1 }
    const save = (more: Partial<RunRecord>) => lab.runs.save({ ...run, ...more })
    lab.runs.saveInputs('run-1', [{ ...input, local: 'x', sha256: digest(first) }])
    const waits = (id: string) => lab.inbox.aged(long, 99).find((scan) => scan.id === id)?.waits
    save({ endedAt: null, home: 'none' })
    expect([waits(first), waits(second)]).toEqual([true, false])
    save({ endedAt: '2026-01-01T00:00:01.000Z', home: 'waiting' })
    expect([waits(first), waits(second)]).toEqual([true, false])
    expect(inbox.forgetBefore(long).scans, 'the other is being read').toBe(0)
    save({ endedAt: '2026-01-01T00:00:01.000Z', home: 'read-back' })
    expect([waits(first), waits(second)]).toEqual([false, false])
    expect(inbox.forgetBefore(long).scans).toBe(1)
    expect(lab.inbox.get(first)).toBeNull()
  })
})
