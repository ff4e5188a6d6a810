import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { readScan } from '../../oct/formats/index.ts'
import type { Status, Verdict } from '../../oct/results.ts'
import { synthesise } from '../../oct/synth/index.ts'
import type { OpenScan } from '../../preload/contract.ts'
import { gradingMethods, letters } from '../../preload/grading.ts'
import { createBulk } from '../doorway/bulk.ts'
import { createOperations } from '../operations.ts'
import { outboxInMemory } from '../outbox/outbox.ts'
import { fakeArchive, fakeDesk, ref } from '../runs/fakes.ts'
import { createRuns } from '../runs/runs.ts'
import { openFramedCache } from '../scans/framed-cache.ts'
import { createScans } from '../scans/open.ts'
import { createGrading } from './grading.ts'
import { createHomeward } from './homeward.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-grading-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const never = new AbortController().signal
const anna = { id: 'p-anna', name: 'Anna' }
const ben = { id: 'p-ben', name: 'Ben' }
const cleo = { id: 'p-cleo', name: 'Cleo' }
const word = (overall: Verdict = 'usable', changed: Partial<Record<(typeof letters)[number], Status>> = {}) => ({
  letters: { O: 'pass', S: 'pass', C: 'pass', A: 'pass', R: 'pass', I: 'pass', B: 'pass', ...changed } as Record<(typeof letters)[number], Status>,
  overall,
  note: '',
})
const made = new Map<number, Uint8Array>()
const volOf = (seed: number): Uint8Array => {
  const vol = made.get(seed) ?? synthesise({ pattern: 'ring', laterality: 'OD', seed, width: 64, height: 64 })
  made.set(seed, vol)
  return vol
}

const room = async () => {
  const { desk, options } = fakeDesk()
  desk.archive = fakeArchive((file) => volOf(Number(/\d+/.exec(file)?.[0] ?? 1)))
  const archive = () => (desk.home ? { ...desk.home, archive: desk.archive } : null)
  const scans = createScans({
    archive,
    lab: desk.lab,
    cache: await openFramedCache(folder),
    bulk: createBulk(() => {}),
    parse: readScan,
    title: async () => null,
  })
  let person: { id: string; name: string } | null = anna
  const now = () => new Date('2026-11-22T20:00:00Z')
  const outbox = outboxInMemory({ archive, now, report: (error) => desk.faults.push(error) })
  const packed = { count: 0 }
  const grading = createGrading({
    lab: desk.lab,
    people: {
      needed: () => {
        if (!person) throw new ScansideError('forbidden', 'Pick your name first.')
        return person
      },
      status: () => ({ person, people: [], fixed: false, locked: false, idleMinutes: 0 }),
    },
    scans,
    operations: createOperations(
      () => {},
      () => '',
      Date.now,
    ),
    archive,
    outbox,
    title: () => ({ project: 'DEMO-MS', subject: 'P-0142', session: 'V02', scan: '1' }),
    packed: () => void packed.count++,
    report: (error) => desk.faults.push(error),
    now,
  })
  const { handlers, opened } = grading
  const sit = (next: typeof person) => {
    person = next
  }
  /** Grades every item that is left; `say` gets the scan's own bytes' digest, for words that depend on it. */
  const gradeAll = async (batch: string, say: (digest: string, turn: number) => ReturnType<typeof word>) => {
    const digests: string[] = []
    for (;;) {
      const next = await handlers['grading.next']({ batch })
      if (!next) return digests
      const open = await handlers['grading.open']({ item: next.item, operation: `op-${next.item}` })
      const digest = scans.openedAs(open.bulk)?.digest ?? ''
      await handlers['grading.save']({ item: next.item, ...say(digest, digests.length) })
      digests.push(digest)
      await scans.close(open.bulk)
    }
  }
  return { desk, options, scans, handlers, opened, outbox, packed, pack: grading.pack, readInInbox: grading.readInInbox, sit, gradeAll }
}

describe('a batch', () => {
  it('is refused, all of it, until somebody has picked their name', async () => {
    const { handlers, sit } = await room()
    sit(null)
    const open = handlers as unknown as Record<string, (input: unknown) => unknown>
    for (const name of [...Object.keys(gradingMethods), 'grading.open'])
      await expect(async () => open[name]?.({ bulk: '', batch: '', item: '', scans: [], name: '', operation: '' })).rejects.toMatchObject({
        code: 'forbidden',
      })
  })

  it('shows nothing to whoever took over while a scan was on its way', async () => {
    const { handlers, sit, scans } = await room()
    const { batch } = await handlers['grading.create']({ name: 'Pilot', scans: [ref('1')], repeats: 0 })
    const next = await handlers['grading.next']({ batch })
    const closed = vi.spyOn(scans, 'close')
    const open = Promise.resolve(handlers['grading.open']({ item: next?.item ?? '', operation: 'op' }))
    sit({ id: 'ben', name: 'Ben' })
    await expect(open).rejects.toMatchObject({ code: 'not-found' })
    expect(closed).toHaveBeenCalledOnce()
  })

  it('is graded blind by two people, each in their own order, with hidden repeats; kappa counts first showings', async () => {
    const { desk, handlers, sit, gradeAll } = await room()
    const { batch } = await handlers['grading.create']({ name: 'Pilot', scans: ['1', '2', '3', '4', '5', '1'].map((id) => ref(id)), repeats: 0.4 })
    expect(await handlers['grading.batches']()).toMatchObject([{ name: 'Pilot', scans: 5, items: 7, done: 0, graders: [], disagreements: 0 }])

    const first = await gradeAll(batch, () => word())
    expect(first).toHaveLength(7)
    expect(new Set(first).size).toBe(5)
    const [odd] = first
    expect(await handlers['grading.next']({ batch })).toBeNull()
    sit(ben)
    const second = await gradeAll(batch, (digest) => (digest === odd ? word('unusable', { S: 'fail' }) : word()))
    expect(new Set(second)).toEqual(new Set(first))

    const agreement = gradingMethods['grading.agreement'].output.parse(await handlers['grading.agreement']({ batch }))
    expect(agreement.notBlind).toBe(0)
    expect(agreement.pairs).toHaveLength(1)
    expect(agreement.pairs[0]).toMatchObject({ a: 'Anna', b: 'Ben' })
    const row = (what: string) => agreement.pairs[0]?.rows.find((one) => one.what === what)
    expect(row('overall')).toMatchObject({ n: 5, agreement: 0.8, kappa: expect.closeTo(0, 10) })
    // Neither ever said anything else of C: there is no kappa of it.
    expect(row('C')).toMatchObject({ n: 5, agreement: 1, kappa: null, weighted: null, low: null, prevalence: 0 })
    expect(agreement.repeats.map(({ grader }) => grader)).toEqual(['Anna', 'Ben'])
    expect(agreement.repeats[0]?.rows[0]).toMatchObject({ n: 2, agreement: 1 })

    const lines = JSON.stringify(desk.lab.chain.lines())
    expect(lines).toContain('grading: item')
    for (const identity of ['XNAT_E1', 'Anna', '"S"']) expect(lines).not.toContain(identity)
    expect(desk.lab.chain.broken()).toBeNull()
  })

  it('opens its scans without a word of whose they are', async () => {
    const { handlers, scans, sit } = await room()
    const { batch } = await handlers['grading.create']({ name: 'Pilot', scans: [ref('1'), ref('2')], repeats: 0 })
    const next = await handlers['grading.next']({ batch })
    const item = next?.item ?? ''
    await expect(async () => handlers['grading.save']({ item, ...word() })).rejects.toMatchObject({ code: 'conflict' })
    const open = await handlers['grading.open']({ item, operation: 'op' })
    expect(open).toMatchObject({ title: { project: '', subject: '', session: '', scan: '' }, results: [], scan: { acquiredAt: null } })
    expect(JSON.stringify({ next, open })).not.toContain('XNAT')
    await expect(async () => handlers['grading.ofScan']({ bulk: open.bulk })).rejects.toMatchObject({ code: 'forbidden' })
    await handlers['grading.save']({ item, ...word() })
    await expect(async () => handlers['grading.save']({ item, ...word('unusable') })).rejects.toMatchObject({ code: 'conflict' })
    sit(ben)
    await expect(async () => handlers['grading.open']({ item, operation: 'op' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(async () => handlers['grading.save']({ item, ...word() })).rejects.toMatchObject({ code: 'not-found' })
    await scans.closeAll()
  })

  it('goes on where a scan cannot be opened: it is left out, and differs from nothing', async () => {
    const { desk, handlers, gradeAll, sit } = await room()
    const { batch } = await handlers['grading.create']({ name: 'Pilot', scans: [ref('1')], repeats: 0 })
    const there = desk.home
    desk.home = null
    const next = await handlers['grading.next']({ batch })
    await expect(handlers['grading.open']({ item: next?.item ?? '', operation: 'op' })).rejects.toMatchObject({ code: 'unauthorized' })
    const nothing = Object.fromEntries(letters.map((letter) => [letter, 'unknown'])) as ReturnType<typeof word>['letters']
    await handlers['grading.save']({ item: next?.item ?? '', letters: nothing, overall: 'unknown', note: '' })
    desk.home = there
    sit(ben)
    await gradeAll(batch, () => word())
    expect(await handlers['grading.batches']()).toMatchObject([{ disagreements: 0 }])
    expect((await handlers['grading.agreement']({ batch })).pairs[0]?.rows[0]).toMatchObject({ n: 0, kappa: null })
  })

  it('has what graders differ on decided by a third person, who knows no names', async () => {
    const { handlers, sit, gradeAll } = await room()
    const { batch } = await handlers['grading.create']({ name: 'Pilot', scans: ['1', '2', '3'].map((id) => ref(id)), repeats: 0 })
    const [odd] = await gradeAll(batch, () => word())
    await expect(async () => handlers['grading.disagreements']({ batch })).rejects.toMatchObject({ code: 'forbidden' })
    sit(ben)
    await gradeAll(batch, (digest) => (digest === odd ? word('ambiguous', { I: 'warn' }) : word()))
    await expect(async () => handlers['grading.disagreements']({ batch })).rejects.toMatchObject({ code: 'forbidden' })
    sit(cleo)
    const open = gradingMethods['grading.disagreements'].output.parse(await handlers['grading.disagreements']({ batch }))
    expect(open).toHaveLength(1)
    expect(open[0]).toMatchObject({ words: [word(), word('ambiguous', { I: 'warn' })], decided: null })
    expect(JSON.stringify(open)).not.toMatch(/Anna|Ben|p-anna|XNAT/)
    const item = open[0]?.item ?? ''
    expect((await handlers['grading.open']({ item, operation: 'op' })).title.subject).toBe('')
    await handlers['grading.adjudicate']({ item, ...word('ambiguous', { I: 'warn' }) })
    expect(await handlers['grading.disagreements']({ batch })).toMatchObject([{ decided: { overall: 'ambiguous' } }])
    expect(await handlers['grading.batches']()).toMatchObject([{ disagreements: 1, adjudicated: 1 }])
    sit(anna)
    await expect(async () => handlers['grading.adjudicate']({ item, ...word() })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(handlers['grading.open']({ item, operation: 'op' })).rejects.toMatchObject({ code: 'forbidden' })
    // Who has seen others' words grades on, but no longer blind.
    sit(cleo)
    await gradeAll(batch, () => word())
    expect(await handlers['grading.agreement']({ batch })).toMatchObject({ notBlind: 1 })
  })

  it('counts no grading whose grader had seen the scan, its verdict or another’s word', async () => {
    const { desk, options, scans, handlers, opened, gradeAll, sit } = await room()
    const runs = createRuns({ ...options, local: scans.local })
    await runs.start({ pipeline: 'p', values: {}, subject: 's', refs: [ref('1')] })
    await runs.idle()
    const seen = await scans.open(ref('1'), never)
    // Nobody sits here yet: nobody has seen it.
    sit(null)
    opened(seen.bulk, ref('1'))
    sit(anna)
    opened(seen.bulk, ref('1'))
    const { batch } = await handlers['grading.create']({ name: 'Pilot', scans: [ref('1'), ref('2')], repeats: 0 })
    await gradeAll(batch, () => word())
    expect((await handlers['grading.agreement']({ batch })).notBlind).toBe(1)
    const one = desk.lab.gradings.ofDigest(scans.openedAs(seen.bulk)?.digest ?? '')
    expect(one).toMatchObject([{ saw: { machine: true, others: false, identity: true }, batch }])
    sit(ben)
    await gradeAll(batch, () => word())
    expect((await handlers['grading.agreement']({ batch })).notBlind).toBe(1)
  })

  it('counts no grading of a scan whose verdict its grader has read in the Inbox', async () => {
    const { desk, scans, handlers, gradeAll, readInInbox, sit } = await room()
    const found = await scans.open(ref('1'), never)
    const sha256 = scans.openedAs(found.bulk)?.digest ?? ''
    const result = {
      ...{ inputs: [{ name: 'scan.vol', size: 1, sha256 }], verdict: 'usable' as const, action: 'keep' as const, decidedBy: [], criteria: [] },
      ...{ series: [], intervals: [], files: [] },
    }
    const pipeline = { name: 'oct-quality', version: '1', profile: 'p' }
    desk.lab.inbox.addVerdict('scan-1', { profile: 'p', at: '2026-11-22T20:00:00Z', pipeline, result }, null, null)
    readInInbox('scan-1')
    readInInbox('not-there')
    const { batch } = await handlers['grading.create']({ name: 'Pilot', scans: [ref('1'), ref('2')], repeats: 0 })
    await gradeAll(batch, () => word())
    sit(ben)
    await gradeAll(batch, () => word())
    const { notBlind, pairs } = await handlers['grading.agreement']({ batch })
    expect([notBlind, pairs[0]?.rows[0]?.n]).toEqual([1, 1])
    await scans.closeAll()
  })
})

describe('the open word', () => {
  const openOne = async (scans: Awaited<ReturnType<typeof room>>['scans']): Promise<OpenScan> => scans.open(ref('1'), never)

  it('keeps others’ sealed until one’s own is there, and tells what was seen', async () => {
    const { scans, handlers, sit } = await room()
    const { bulk } = await openOne(scans)
    expect(await handlers['grading.ofScan']({ bulk })).toEqual({ mine: null, others: [], sealed: 0 })
    await handlers['grading.word']({ bulk, ...word(), sawMachine: true })
    await handlers['grading.word']({ bulk, ...word('ambiguous', { S: 'warn' }), sawMachine: true })
    const mine = gradingMethods['grading.ofScan'].output.parse(await handlers['grading.ofScan']({ bulk })).mine
    expect(mine).toMatchObject({ grader: 'Anna', overall: 'ambiguous', saw: { machine: true, others: false, identity: true }, batch: null })
    sit(ben)
    const other = await openOne(scans)
    expect(await handlers['grading.ofScan']({ bulk: other.bulk })).toEqual({ mine: null, others: [], sealed: 2 })
    await handlers['grading.word']({ bulk: other.bulk, ...word(), sawMachine: false })
    const after = await handlers['grading.ofScan']({ bulk: other.bulk })
    expect(after).toMatchObject({ mine: { grader: 'Ben', saw: { others: false } }, sealed: 0 })
    expect(after.others.map(({ grader }) => grader)).toEqual(['Anna', 'Anna'])
    // From now on others' words are known to him.
    await handlers['grading.word']({ bulk: other.bulk, ...word('unusable'), sawMachine: false })
    expect((await handlers['grading.ofScan']({ bulk: other.bulk })).mine).toMatchObject({ overall: 'unusable', saw: { others: true } })
    await scans.closeAll()
    await expect(async () => handlers['grading.word']({ bulk, ...word(), sawMachine: true })).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a word on a scan of the archive', () => {
  const sent = (home: Map<string, Uint8Array>) =>
    [...home].map(([path, bytes]) => ({ path, file: JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown> }))

  it('goes home to its session, by its grader’s id, and is marked once it was read back', async () => {
    const { desk, scans, handlers, opened, outbox, packed, sit, gradeAll } = await room()
    const { batch } = await handlers['grading.create']({ name: 'Pilot', scans: [ref('1')], repeats: 0 })
    await gradeAll(batch, () => word())
    sit(ben)
    await gradeAll(batch, () => word('unusable', { S: 'fail' }))
    sit(cleo)
    const [difference] = await handlers['grading.disagreements']({ batch })
    await handlers['grading.adjudicate']({ item: difference?.item ?? '', ...word('ambiguous') })
    const { bulk } = await scans.open(ref('2'), never)
    opened(bulk, ref('2'))
    await handlers['grading.word']({ bulk, ...word(), sawMachine: true })
    expect(packed.count).toBe(4)
    expect(outbox.list()[0]?.content).toMatchObject({ archive: 'xnat.example', title: 'DEMO-MS / P-0142 / V02', run: null })
    expect(await outbox.send(never)).toEqual({ sent: 4, tried: 4 })
    const files = sent(desk.archive.home)
    expect(files.map(({ file }) => [file.kind, file.grader, file.scan, file.overall])).toEqual([
      ['grading', 'p-anna', '1', 'usable'],
      ['grading', 'p-ben', '1', 'unusable'],
      ['adjudication', 'p-cleo', '1', 'ambiguous'],
      ['grading', 'p-cleo', '2', 'usable'],
    ])
    for (const { path, file } of files) expect(path).toBe(`XNAT_E1/scanside-grading/1/${String(file.id)}/grading.json`)
    expect(JSON.stringify(files)).not.toMatch(/Anna|Ben|Cleo|DEMO-MS|P-0142/)
    expect(desk.lab.gradings.homeward()).toEqual([])
    expect(desk.lab.chain.lines().filter(({ body }) => body.includes('read back'))).toHaveLength(4)
    await scans.closeAll()
  })

  it('is packed again at the next start, and stays where it is of a dropped scan or was never shown', async () => {
    const { desk, handlers, pack, outbox, gradeAll, scans } = await room()
    const { batch } = await handlers['grading.create']({ name: 'Pilot', scans: [ref('1')], repeats: 0 })
    await gradeAll(batch, () => word())
    const again = outboxInMemory({
      archive: () => ({ id: 'xnat.example', demo: false, archive: desk.archive }),
      now: () => new Date(),
      report: () => {},
    })
    const packAgain = createHomeward({
      lab: desk.lab,
      outbox: again,
      isDemo: () => false,
      title: () => '',
      now: () => new Date(),
      packed: () => {},
      report: (error) => desk.faults.push(error),
    })
    await packAgain()
    await packAgain()
    await pack()
    expect(await again.send(never)).toEqual({ sent: 1, tried: 1 })
    // The first one's item is still there: it finds its file at home.
    expect(await outbox.send(never)).toEqual({ sent: 1, tried: 1 })
    expect(desk.archive.publishes).toBe(1)
    const local = (await scans.open(ref('1'), never)).bulk
    await handlers['grading.word']({ bulk: local, ...word(), sawMachine: false })
    expect(desk.lab.gradings.homeward()).toEqual([])
    expect(desk.faults).toEqual([])
    await scans.closeAll()
  })
})
