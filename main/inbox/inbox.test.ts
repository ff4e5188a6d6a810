import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { resultsHere } from '../scans/known-results.ts'
import { openLab } from '../store/lab.ts'
import { type FolderAccess, nodeFolderAccess } from './folder-access.ts'
import { openDesk, scanFile, type TestDesk } from './inbox.fixture.ts'

let desk: TestDesk
let folder: string
const open = async (options: Parameters<typeof openDesk>[0] = {}) => {
  desk = await openDesk(options)
  folder = join(desk.home, 'export')
  await mkdir(folder)
  await desk.inbox.handlers['inbox.watch']({ path: folder })
  await desk.until(() => desk.get().folders[0]?.state === 'watching')
}
afterEach(() => desk.close())

const put = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes)
const judged = () => desk.get().scans.filter(({ state }) => state === 'judged')
const pick = () => desk.people.handlers['people.pick']({ id: 'jk', pin: null })
const refusal = async (work: () => unknown) => {
  try {
    await work()
    return 'fine'
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('the Inbox', () => {
  it('takes what a device exports, judges it and tells what is lacking', async () => {
    await open()
    desk.judge.answers.push('unusable')
    await put('a.vol', scanFile('P-0142', 'V02'))
    await desk.until(() => judged().length === 1)
    const { visits, reading, queue, folders } = desk.get()
    expect(visits).toHaveLength(1)
    expect(visits[0]).toMatchObject({ patient: 'P-0142', visit: 'V02', good: 0, wanted: 4, complete: false })
    expect(visits[0]?.slots[0]).toMatchObject({ protocol: 'ring', eye: 'OD', state: 'again' })
    expect(visits[0]?.sentence.en).toContain('Take again: Ring 12° OD')
    expect(reading).toBe(judged()[0]?.id)
    expect(queue).toEqual([])
    expect(folders[0]).toMatchObject({ label: 'export', state: 'watching', fixed: false })
    expect(JSON.stringify(folders)).not.toContain(desk.home)
    const scan = desk.scan(reading)
    expect(scan).toMatchObject({ verdict: 'unusable', attempt: 1, read: true, laterality: 'OD', pattern: 'ring', study: true })
    expect(scan.sentence?.what.en).toBeTruthy()
    expect(scan.intervals).toHaveLength(1)
    expect(scan.times.copyMs).toBeGreaterThanOrEqual(0)
    expect(scan.verdictMs).toBeGreaterThanOrEqual(scan.times.copyMs ?? 0)
    const opened = await desk.inbox.handlers['inbox.fetch']({ scan: scan.id })
    expect(desk.locals.has(opened.local)).toBe(true)
    expect(await desk.inbox.handlers['inbox.thumb']({ scan: scan.id })).toEqual({ width: 2, height: 1, grey: 'Bwg=' })
    expect(desk.judge.asked[0]).toMatchObject({ urgent: true })
    expect(JSON.stringify(desk.judge.asked[0]?.inputs)).not.toContain('a.vol')
    expect(desk.errors).toEqual([])
  })

  it('never replaces a verdict that is being read; the next one comes when it is asked for', async () => {
    await open()
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => judged().length === 1)
    const first = desk.get().reading
    await put('b.vol', scanFile('P-1', 'V01', { laterality: 'OS', seed: 2 }))
    await desk.until(() => judged().length === 2)
    expect(desk.get().reading).toBe(first)
    expect(desk.get().queue).toHaveLength(1)
    expect(desk.get().visits[0]?.slots.find(({ eye, protocol }) => eye === 'OS' && protocol === 'ring')?.state).toBe('unread')
    await desk.inbox.handlers['inbox.next']()
    expect(desk.get().reading).not.toBe(first)
    expect(desk.get().queue).toEqual([])
    const second = desk.get().reading
    await desk.inbox.handlers['inbox.next']()
    expect(desk.get().reading).toBe(second)
    await desk.inbox.handlers['inbox.read']({ scan: first ?? '' })
    expect(desk.get().reading).toBe(first)
  })

  it('stacks attempts best first and lets a person choose; everything decided is forbidden until somebody has picked their name', async () => {
    await open()
    desk.judge.answers.push('unusable', 'usable')
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => judged().length === 1)
    await put('b.vol', scanFile('P-1', 'V01', { take: 1 }, '2027-03-14T09:35:00Z'))
    await desk.until(() => judged().length === 2)
    await desk.inbox.handlers['inbox.next']()
    const [bad, good] = ['unusable', 'usable'].map((verdict) => judged().find((scan) => scan.verdict === verdict)?.id ?? '') as [string, string]
    const slot = () => desk.get().visits[0]?.slots[0]
    expect(slot()).toMatchObject({ state: 'good', attempts: [good, bad], study: good })
    expect([desk.scan(bad).attempt, desk.scan(good).attempt]).toEqual([1, 2])
    const decide = () => desk.inbox.handlers['inbox.decide']({ scan: bad, decision: 'keep' })
    const override = (reason: string, sure = false) =>
      desk.inbox.handlers['inbox.override']({ scan: bad, criterion: 'completeness', status: 'pass', reason, sure })
    expect(await refusal(decide)).toBe('forbidden')
    expect(await refusal(() => override('fine'))).toBe('forbidden')
    expect(await refusal(() => desk.inbox.handlers['inbox.choose']({ scan: bad }))).toBe('forbidden')
    await pick()
    await desk.inbox.handlers['inbox.choose']({ scan: bad })
    expect(slot()).toMatchObject({ study: bad, state: 'again' })
    await decide()
    expect(slot()).toMatchObject({ study: bad, state: 'good' })
    expect(desk.scan(bad).decision).toMatchObject({ what: 'keep', by: 'J. K.' })
    expect((await override('as Erika Muster said')).warning).toContain('person')
    expect(desk.scan(bad).overrides).toEqual([])
    expect(await refusal(() => desk.inbox.handlers['inbox.override']({ scan: bad, criterion: 'S', status: 'pass', reason: 'p 1', sure: true }))).toBe(
      'fine',
    )
    expect((await override('only the rim is cut')).warning).toBeNull()
    expect(desk.scan(bad).overrides).toContainEqual(
      expect.objectContaining({ criterion: 'completeness', machine: 'fail', status: 'pass', by: 'J. K.' }),
    )
    const audit = JSON.stringify(desk.lab.chain.lines())
    for (const secret of ['P-1"', 'V01', 'Muster', 'J. K.', 'a.vol']) expect(audit).not.toContain(secret)
    expect(audit).toContain(`inbox: keep on scan ${bad}`)
    expect(desk.lab.chain.broken()).toBeNull()
  })

  it('refuses a reason that holds the patient’s own ID', async () => {
    await open()
    await put('a.vol', scanFile('P-0142', 'V01'))
    await desk.until(() => judged().length === 1)
    await pick()
    const word = { scan: judged()[0]?.id ?? '', criterion: 'S', status: 'fail', sure: true } as const
    expect(await refusal(() => desk.inbox.handlers['inbox.override']({ ...word, reason: 'p0142 was tired' }))).toBe('invalid-argument')
  })

  it('shows nothing while the desk is locked, and judges on', async () => {
    await open()
    await put('a.vol', scanFile('P-0142', 'V01'))
    await desk.until(() => judged().length === 1)
    const id = judged()[0]?.id ?? ''
    desk.people.handlers['people.lock']()
    await desk.until(() => desk.get().scans.length === 0)
    expect(JSON.stringify(desk.get())).not.toContain('P-0142')
    for (const method of ['inbox.read', 'inbox.fetch', 'inbox.thumb', 'inbox.choose'] as const) {
      expect(await refusal(() => desk.inbox.handlers[method]({ scan: id }))).toBe('forbidden')
    }
    expect(await refusal(() => desk.inbox.handlers['inbox.next']())).toBe('forbidden')
    await put('b.vol', scanFile('P-0142', 'V01', { laterality: 'OS' }))
    await desk.until(() => desk.judge.asked.length === 2)
    expect(desk.get().visits).toEqual([])
    await pick()
    await desk.until(() => desk.get().queue.length === 1)
    expect(desk.get().reading).toBe(id)
  })

  it('an identical re-export is the same scan; another content under the same name is a new attempt', async () => {
    await open()
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => judged().length === 1)
    await put('copy.vol', scanFile('P-1', 'V01'))
    await put('a.vol', scanFile('P-1', 'V01', { take: 1 }))
    await desk.until(() => judged().length === 2)
    await desk.until(() => desk.get().folders[0]?.waiting === 0 && desk.get().folders[0]?.identified.files === 2)
    // The copy was begun before it was known to be one, and let go.
    expect(desk.judge.asked.filter(({ signal }) => !signal.aborted)).toHaveLength(2)
    expect(desk.get().visits[0]?.slots[0]?.attempts).toHaveLength(2)
    expect((await readdir(folder)).sort()).toEqual(['a.vol', 'copy.vol'])
    expect(Buffer.from(await readFile(join(folder, 'copy.vol')))).toEqual(Buffer.from(scanFile('P-1', 'V01')))
  })

  it('knows a restart: nothing is judged twice, what was decided stays, and another profile adds its own verdict', async () => {
    await open()
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => judged().length === 1)
    await pick()
    await desk.inbox.handlers['inbox.decide']({ scan: judged()[0]?.id ?? '', decision: 'keep' })
    const { lab } = desk
    const first = desk
    const bytes = await readFile(join(folder, 'a.vol'))
    await first.inbox.close()
    desk = await openDesk({ lab, site: [{ path: folder, label: 'Spectralis' }] })
    await desk.until(() => desk.get().folders[0]?.state === 'watching' && desk.get().scans.length === 1)
    expect(desk.get().scans[0]).toMatchObject({ state: 'judged', read: true, local: null, decision: { what: 'keep' } })
    expect(desk.judge.asked).toHaveLength(0)
    const { local } = await desk.inbox.handlers['inbox.fetch']({ scan: desk.get().scans[0]?.id ?? '' })
    expect(desk.locals.find(local)?.[0]?.file.size).toBe(bytes.length)
    expect(await refusal(() => desk.inbox.handlers['inbox.watch']({ path: '/x' }))).toBe('forbidden')
    await desk.close()
    desk = await openDesk({
      lab,
      site: [{ path: folder, label: 'Spectralis' }],
      profile: { ...(await import('../../oct/quality/profile.ts')).defaultProfile, name: 'other-1' },
    })
    await desk.until(() => desk.judge.asked.length > 0 && desk.get().scans[0]?.profile === 'other-1')
    expect(
      lab.inbox
        .verdicts(desk.get().scans[0]?.id ?? '')
        .map(({ profile }) => profile)
        .sort(),
    ).toEqual(['oscar-ib-2', 'other-1'])
    await first.close()
  })

  it('offers the last visit’s scan beside this one’s, and tells the judge of it', async () => {
    await open()
    await put('old.vol', scanFile('P-1', 'V01', {}, '2026-09-01T09:00:00Z'))
    await desk.until(() => judged().length === 1)
    const old = judged()[0]?.id ?? ''
    await put('new.vol', scanFile('P-1', 'V02', { take: 1 }))
    await desk.until(() => judged().length === 2)
    const visit = desk.get().visits.find((each) => each.visit === 'V02')
    expect(visit?.last['ring/OD']).toEqual({ scan: old, date: '2026-09-01', verdict: 'usable' })
    expect(desk.judge.asked[1]?.earlier).toMatchObject({ pattern: 'ring', laterality: 'OD' })
    expect(desk.judge.asked[0]?.earlier).toBeUndefined()
    expect(desk.get().visits.find((each) => each.visit === 'V01')?.last).toEqual({})
  })

  it('keeps scans without a patient apart, and tells what is no scan', async () => {
    await open()
    await put('a.vol', scanFile('', ''))
    const broken = scanFile('P-1', 'V01').fill(0, 12, 24)
    await put('broken.vol', broken)
    await put('notes.txt', new TextEncoder().encode('nothing of interest'))
    await desk.until(() => judged().length === 1 && desk.get().scans.length === 2)
    expect(desk.get().nameless).toBe(1)
    expect(desk.get().visits[0]).toMatchObject({ patient: '', wanted: 0, complete: false })
    const refused = desk.get().scans.find(({ state }) => state === 'refused')
    expect(refused?.problem).toBeTruthy()
    expect(refused?.local).toBeNull()
    await put('broken.vol', scanFile('P-1', 'V01'))
    await desk.until(() => judged().length === 2)
    expect(desk.get().scans.filter(({ state }) => state === 'refused')).toEqual([])
  }, 30_000)

  it('says so where the file of a scan was moved away', async () => {
    await open()
    const { lab } = desk
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => judged().length === 1)
    const first = desk
    await first.inbox.close()
    await rename(join(folder, 'a.vol'), join(folder, 'b.txt'))
    desk = await openDesk({ lab, site: [{ path: join(folder, 'nothing'), label: 'x' }] })
    await desk.until(() => desk.get().folders[0]?.state === 'away' && desk.get().scans.length === 1)
    expect(desk.get().folders[0]?.message.de).toContain('geht von selbst weiter')
    expect(await refusal(() => desk.inbox.handlers['inbox.fetch']({ scan: desk.get().scans[0]?.id ?? '' }))).toBe('not-found')
    await first.close()
  })

  it('takes dropped files, shows what it found where the scan is opened, and keeps its own word out of the results', async () => {
    await open()
    desk.judge.answers.push('unusable')
    const bytes = scanFile('P-0142', 'V01')
    const dropped = await desk.locals.take(
      [
        {
          name: 'C:\\x\\Muster.vol',
          size: bytes.length,
          open: async function* () {
            yield bytes
          },
        },
      ],
      new AbortController().signal,
    )
    const { scan } = await desk.inbox.handlers['inbox.take']({ local: dropped.local })
    await desk.until(() => desk.get().scans.some(({ id, state }) => id === scan && state === 'judged'))
    expect(desk.scan(scan)).toMatchObject({ local: dropped.local, verdict: 'unusable' })
    const again = await desk.inbox.handlers['inbox.take']({ local: dropped.local })
    expect(again.scan).toBe(scan)
    const file = dropped.files[0]?.file
    const known = resultsHere(desk.lab, null, { kind: 'local', local: dropped.local }, new Set([file?.pseudonymisedSha256 ?? '', file?.sha256 ?? '']))
    expect(known).toHaveLength(1)
    expect(known[0]).toMatchObject({ run: null, home: 'local', results: { pipeline: { profile: 'oscar-ib-2' }, scans: [{ verdict: 'unusable' }] } })
    for (const secret of ['P-0142', 'V01', 'Muster']) expect(JSON.stringify(known)).not.toContain(secret)
    desk.people.handlers['people.lock']()
    expect(await refusal(() => desk.inbox.handlers['inbox.take']({ local: dropped.local }))).toBe('forbidden')
  })

  it('brings a word before the verdict, and what is judged when it closes is judged at the next start', async () => {
    await open()
    const { lab } = desk
    desk.judge.hold()
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => desk.get().scans[0]?.provisional !== null && desk.get().scans.length === 1)
    expect(desk.get().scans[0]).toMatchObject({ state: 'judging', verdict: null, provisional: { verdict: 'unknown' } })
    expect(desk.get().visits[0]?.slots[0]?.state).toBe('judging')
    const first = desk
    await first.inbox.close()
    expect(lab.inbox.since('2000-01-01')).toEqual([])
    desk = await openDesk({ lab, site: [{ path: folder, label: 'Spectralis' }] })
    await desk.until(() => judged().length === 1)
    await first.close()
  })

  it('shows what is on its way by its header, and takes it back where nothing more comes', async () => {
    await open()
    const bytes = scanFile('P-7', 'V03', { laterality: 'OS' })
    await put('a.vol', bytes.subarray(0, 30_000))
    await desk.until(() => desk.get().scans[0]?.state === 'arriving')
    expect(desk.get().visits[0]).toMatchObject({ patient: 'P-7', visit: 'V03' })
    expect(desk.get().visits[0]?.slots.find(({ eye, protocol }) => eye === 'OS' && protocol === 'ring')?.state).toBe('judging')
    expect(await refusal(() => desk.inbox.handlers['inbox.read']({ scan: desk.get().scans[0]?.id ?? '' }))).toBe('not-found')
    await put('a.vol', bytes)
    await desk.until(() => judged().length === 1)
    expect(desk.get().scans).toHaveLength(1)
  })

  it('judges again what had no verdict for a reason that was not the file’s', async () => {
    await open()
    desk.judge.answers.push('worker-lost', 'worker-lost')
    const bytes = scanFile('P-1', 'V01')
    await put('a.vol', bytes)
    await desk.until(() => judged().length === 1)
    const id = judged()[0]?.id ?? ''
    expect(desk.scan(id)).toMatchObject({ verdict: 'unknown' })
    expect(desk.lab.inbox.since('2000-01-01')).toEqual([])
    await put('b.vol', bytes)
    await desk.until(() => desk.get().scans[0]?.verdict === 'usable')
    expect(desk.get().scans.map((scan) => scan.id)).toEqual([id])
    expect(desk.lab.inbox.since('2000-01-01')).toHaveLength(1)
  })

  it('judges at the next start what was written down without its verdict', async () => {
    await open()
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => judged().length === 1)
    const { inbox } = desk.lab
    const [record] = inbox.since('2000-01-01')
    if (!record) throw new Error('no record')
    const lab = openLab({ path: null, key: null, chainKey: '00'.repeat(32), now: () => new Date() })
    lab.inbox.add(record, inbox.places(record.id), [])
    const first = desk
    await first.inbox.close()
    desk = await openDesk({ lab, site: [{ path: folder, label: 'Spectralis' }] })
    await desk.until(() => judged().length === 1)
    expect(judged()[0]).toMatchObject({ id: record.id, verdict: 'usable' })
    expect(lab.inbox.verdicts(record.id)).toHaveLength(1)
    await first.close()
  })

  it('keeps no scan that was written over while it was copied', async () => {
    let torn = 0
    const access: FolderAccess = {
      ...nodeFolderAccess,
      stream: async function* (file, size, signal) {
        yield* nodeFolderAccess.stream(file, size, signal)
        if (torn++ === 0) await writeFile(file, scanFile('P-1', 'V01', { take: 1 }))
      },
    }
    await open({ access })
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => judged().length === 1)
    await desk.until(() => desk.get().folders[0]?.waiting === 0)
    expect(torn).toBe(2)
    expect(desk.get().scans).toHaveLength(1)
    expect(desk.lab.inbox.since('2000-01-01')).toHaveLength(1)
    expect(desk.errors).toEqual([])
  })

  it('judges the copy where the file was written over after it was copied', async () => {
    await open()
    const go = desk.judge.hold()
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => desk.judge.asked.length === 1 && desk.get().scans[0]?.local !== null && desk.get().scans[0]?.state === 'judging')
    await put('a.vol', scanFile('P-1', 'V01', { take: 1 }))
    go()
    await desk.until(() => judged().length === 2)
    // Where it lay, its copy, and what was written over it.
    expect(desk.judge.asked.length).toBeGreaterThanOrEqual(3)
    expect(desk.lab.inbox.since('2000-01-01')).toHaveLength(2)
  })

  it('changes nothing of what is watched while the desk is locked', async () => {
    await open()
    desk.people.handlers['people.lock']()
    const { handlers } = desk.inbox
    const id = desk.get().folders[0]?.id ?? ''
    for (const work of [
      () => handlers['inbox.watch']({ path: desk.home }),
      () => handlers['inbox.unwatch']({ folder: id }),
      () => handlers['inbox.takeOlder']({ folder: id }),
    ])
      expect(await refusal(async () => work())).toBe('forbidden')
    await expect(async () => handlers['inbox.demoDevice']()).rejects.toThrow('locked')
    expect(desk.get().folders).toHaveLength(1)
  })

  it('tells no path in what it reports', async () => {
    const path = '/export/Muster_P-0142.vol'
    const broken = () => Promise.reject(Object.assign(new Error(`EISDIR: ${path}`), { code: 'EISDIR', syscall: 'read', path }))
    await open({ access: { ...nodeFolderAccess, source: (_file, size) => ({ size, read: broken }) } })
    await put('a.vol', scanFile('P-1', 'V01'))
    await desk.until(() => desk.errors.length > 0)
    expect(desk.errors.map(String).join()).not.toContain('Muster')
    expect(String(desk.errors[0])).toContain('EISDIR')
  })
})
