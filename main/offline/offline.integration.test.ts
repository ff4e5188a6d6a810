import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryBytes } from '../../demo/bytes.ts'
import type { Operation } from '../../preload/contract.ts'
import type { KeptScan } from '../../preload/offline.ts'
import { fakeKeyring, startLab, type TestLab, volume } from '../archive/lab.fixture.ts'
import { type ArchiveDesk, createArchiveDesk } from '../archive-desk.ts'
import { createHttp, type Http } from '../http/http.ts'
import { createLabels } from '../labels.ts'
import { createOperations } from '../operations.ts'
import { createVault } from '../vault/keyring-vault.ts'
import { createKeptScans } from './kept-scans.ts'
import { createOfflineRoom } from './offline.ts'

const never = new AbortController().signal
const dayMs = 24 * 3_600_000

let lab: TestLab
let folder: string
let clock: number
let room: number | null
let locked: boolean
let https: Http[]
let keyring: ReturnType<typeof fakeKeyring>
let stops: (() => void)[]

beforeEach(async () => {
  lab = await startLab()
  folder = mkdtempSync(join(tmpdir(), 'scanside-kept-'))
  clock = Date.parse('2026-11-22T12:00:00Z')
  room = null
  locked = false
  https = []
  stops = []
  keyring = fakeKeyring()
})
afterEach(async () => {
  for (const stop of stops) stop()
  await Promise.all(https.map((http) => http.close()))
  await lab.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A start of the application on this desk. */
const life = async (load = async () => keyring.keytar, days = 7) => {
  const vault = createVault({ load, service: 'org.scanside' })
  await vault.recheck()
  const now = () => new Date(clock)
  const kept = createKeptScans({ folder, vault, days, now, room: async () => room })
  const desk = createArchiveDesk({
    http: () => {
      const http = createHttp({ userAgent: 'Scanside/0.1.0', roots: [lab.archive.ca], system: [], random: () => 0, sleep: async () => undefined })
      https.push(http)
      return http
    },
    siteRoots: [],
    siteProjects: null,
    siteArchive: null,
    vault,
    memoryVault: createVault({ load: () => Promise.reject(new Error('none')), service: 'org.scanside.demo' }),
    demoLab: { open: () => Promise.reject(new Error('no demo')), stop: () => undefined },
    kept,
    pause: async () => undefined,
  })
  const ended: Operation[] = []
  const hearing: (() => void)[] = []
  const operations = createOperations(
    (operation) => {
      if (operation.state === 'running') return
      ended.push(operation)
      for (const heard of hearing.splice(0)) heard()
    },
    (error) => (error instanceof Error ? error.message : ''),
    Date.now,
  )
  const labels = createLabels()
  const offline = createOfflineRoom({ kept, live: desk.live, labels, operations, locked: () => locked, days, now })
  stops.push(await offline.start((error) => expect(error).toBeUndefined()))
  return {
    desk,
    labels,
    kept,
    operations,
    list: () => offline.handlers['offline.list'](undefined) as { scans: KeptScan[]; bytes: number; days: number },
    forget: (refs: KeptScan['ref'][] | null) => offline.handlers['offline.forget']({ refs }),
    async keep(refs: KeptScan['ref'][]): Promise<Operation> {
      const { operation } = await offline.handlers['offline.keep']({ refs })
      for (;;) {
        const end = ended.find(({ id }) => id === operation)
        if (end) return end
        await new Promise<void>((resolve) => hearing.push(resolve))
      }
    },
  }
}
type Life = Awaited<ReturnType<typeof life>>

const signIn = (desk: ArchiveDesk, user = 'jk', password = 'geheim') =>
  desk.session().signIn({ address: lab.archive.urls.https, user, password, provider: null, remember: true })

/** Both scans of the first session of P. */
const refsIn = async (desk: ArchiveDesk): Promise<KeptScan['ref'][]> => {
  const [row] = (await desk.archive().sessions('P', 0, 10)).rows
  if (!row) throw new Error('no session')
  return ['1', '2'].map((scan) => ({ kind: 'archive', project: 'P', subject: row.subjectId, session: row.id, scan }))
}

/** The archive is pulled out of the wall, and this desk has noticed. */
const goAway = async ({ desk }: Life) => {
  await lab.archive.stop()
  await desk
    .session()
    .request({ method: 'GET', path: '/data/auth' })
    .catch(() => undefined)
  expect(desk.status().state).toBe('offline')
}

const everyByte = () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))).toString('latin1')

describe('scans kept offline', () => {
  it('answer while the archive is away, as it would', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    const ref = refs[0] as KeptScan['ref']
    const there = one.desk.archive()
    const before = { scans: await there.scans('P', ref.session), files: await there.scanFiles(ref, '1') }
    expect(await one.keep(refs)).toMatchObject({ state: 'done', message: '2 scans are kept offline.' })
    expect(one.list()).toMatchObject({ bytes: 2 * volume.byteLength, days: 7, scans: [{ ref, expiresAt: '2026-11-29T12:00:00.000Z' }, {}] })
    expect(one.list().scans[0]?.title).toEqual({ project: 'Project P', subject: 'P-0001', session: 'V02', scan: '1 ring' })

    await goAway(one)
    const archive = one.desk.archive()
    expect((await archive.projects()).map(({ id }) => id)).toEqual(['P'])
    expect((await archive.sessions('P', 0, 10)).rows.map(({ id }) => id)).toEqual([ref.session])
    expect((await archive.projectScans('P', 0, 1)).more).toBe(true)
    expect(await archive.scans('P', ref.session)).toEqual(before.scans)
    const files = await archive.scanFiles(ref, '1')
    expect(files).toEqual(before.files)
    const bytes = await buffer(await archive.read(files[0] ?? { uri: '', size: 0 }, never))
    expect(bytes.equals(Buffer.from(volume))).toBe(true)
    expect(await archive.projectFile('P', 'SCANSIDE', 'profile.json', 1_000, never)).toBeNull()
    // Nothing is made up: what is not kept and what would be published are told by the archive's absence.
    await expect(archive.scanFiles({ ...ref, session: 'XNAT_E99999' }, '1')).rejects.toMatchObject({ code: 'unreachable' })
    await expect(archive.published(ref)).rejects.toMatchObject({ code: 'unreachable' })
    await expect(archive.publish(ref, 'p/1/r/results.json', new Uint8Array([1]), never)).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('go on where the archive goes away in the middle of a file', async () => {
    const one = await life()
    await signIn(one.desk)
    const ref = (await refsIn(one.desk))[0] as KeptScan['ref']
    await one.keep([ref])
    const archive = one.desk.archive()
    const [file] = await archive.scanFiles(ref, '1')
    lab.faults.set({ path: '/files/', resetAfter: 70_000 })
    expect(
      createHash('md5')
        .update(await buffer(await archive.read(file ?? { uri: '', size: 0 }, never)))
        .digest('hex'),
    ).toBe(file?.md5)
    expect(one.desk.status().state).toBe('signed-in')
  })

  it('lie there as ciphertext alone, and nothing is left of what is forgotten', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    expect(readdirSync(folder)).toHaveLength(4)
    for (const mark of ['Mustermann', 'P-0001', 'ring', Buffer.from(volume.subarray(5_000, 5_016)).toString('latin1')]) {
      expect(everyByte()).not.toContain(mark)
    }
    await one.forget([refs[0] as KeptScan['ref']])
    expect(one.list().scans.map(({ ref }) => ref.scan)).toEqual(['2'])
    expect(readdirSync(folder)).toHaveLength(2)
    await one.forget(null)
    expect(readdirSync(folder)).toEqual([])
  })

  it('are there at the next start without the archive, for the same account, with their labels', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    const ref = refs[0] as KeptScan['ref']
    await one.keep(refs)
    await lab.archive.stop()
    const next = await life()
    await next.desk.restore()
    expect(next.desk.status()).toMatchObject({ state: 'offline', user: 'jk' })
    expect(next.list().scans).toHaveLength(2)
    const archive = next.desk.archive()
    expect((await archive.scans('P', ref.session)).map(({ id }) => id)).toEqual(['1', '2'])
    const files = await archive.scanFiles(ref, '2')
    expect((await buffer(await archive.read(files[0] ?? { uri: '', size: 0 }, never))).equals(Buffer.from(volume))).toBe(true)
    locked = true
    expect(next.list().scans[0]?.title).toEqual({ project: '', subject: '', session: '', scan: '' })
    await expect(async () => next.forget(null)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('are shown to nobody else', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    await one.desk.signOut({ force: true, waiting: 0 })
    expect(one.list().scans).toEqual([])
    await signIn(one.desk, 'colon', 'ge:heim')
    expect(one.list().scans).toEqual([])
    await goAway(one)
    await expect(one.desk.archive().projects()).rejects.toMatchObject({ code: 'unreachable' })
    await expect(one.desk.archive().scanFiles(refs[0] as KeptScan['ref'], '1')).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('end by themselves, also where nobody is signed in or no keyring answers', async () => {
    const one = await life()
    await signIn(one.desk)
    await one.keep(await refsIn(one.desk))
    clock += 7 * dayMs - 1
    expect(one.list().scans).toHaveLength(2)
    clock += 1
    // Before the hour's sweep has come they are not given any more.
    expect(one.list().scans).toEqual([])
    const early = readdirSync(folder)
    expect(early).toHaveLength(4)
    await life(() => Promise.reject(new Error('none')))
    expect(readdirSync(folder)).toEqual([])
  })

  it('end sooner where the site file allows fewer days by now', async () => {
    const one = await life()
    await signIn(one.desk)
    await one.keep(await refsIn(one.desk))
    const next = await life(undefined, 2)
    await next.desk.restore()
    expect(next.list().scans.map(({ expiresAt }) => expiresAt)).toEqual(['2026-11-24T12:00:00.000Z', '2026-11-24T12:00:00.000Z'])
    clock += 2 * dayMs
    await life(undefined, 2)
    expect(readdirSync(folder)).toEqual([])
  })

  it('are there once, also where they are asked for twice at once', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    await Promise.all([one.keep([...refs, ...refs]), one.keep(refs), one.keep(refs)])
    expect(
      one
        .list()
        .scans.map(({ ref }) => ref.scan)
        .sort(),
    ).toEqual(['1', '2'])
    expect(readdirSync(folder)).toHaveLength(4)
  })

  it('are fetched again where the archive has changed them, and not where it has not', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    const names = readdirSync(folder).filter((name) => name.endsWith('.frames'))
    clock += dayMs
    expect((await one.keep(refs)).state).toBe('done')
    expect(readdirSync(folder).filter((name) => name.endsWith('.frames'))).toEqual(names)
    expect(one.list().scans.map(({ expiresAt }) => expiresAt)).toEqual(['2026-11-30T12:00:00.000Z', '2026-11-30T12:00:00.000Z'])
    const changed = volume.map((byte) => 255 - byte)
    const experiment = lab.archive.lab.experiments.get(refs[0]?.session ?? '')
    const file = [...(experiment?.scans.find(({ id }) => id === '1')?.resources[0]?.files.values() ?? [])][0]
    if (!file) throw new Error('no file')
    file.bytes = memoryBytes(changed)
    await one.keep(refs)
    expect(readdirSync(folder)).toHaveLength(4)
    await goAway(one)
    const archive = one.desk.archive()
    const [listed] = await archive.scanFiles(refs[0] as KeptScan['ref'], '1')
    expect(listed?.md5).toBe(createHash('md5').update(changed).digest('hex'))
    expect((await buffer(await archive.read(listed ?? { uri: '', size: 0 }, never))).equals(Buffer.from(changed))).toBe(true)
  })

  it('are not kept without a keyring, on a full disk, or half', async () => {
    const bare = await life(() => Promise.reject(new Error('none')))
    await signIn(bare.desk)
    const refs = await refsIn(bare.desk)
    await expect(bare.keep(refs)).rejects.toMatchObject({ code: 'keyring-unavailable' })
    const one = await life()
    await signIn(one.desk)
    room = 1_000
    expect(await one.keep(refs)).toMatchObject({ state: 'failed', message: expect.stringContaining('not enough room') })
    room = null
    lab.faults.set({ path: '/files/', resetAfter: 70_000 })
    expect((await one.keep(refs)).state).toBe('failed')
    lab.faults.clear()
    expect(readdirSync(folder)).toEqual([])
    expect(one.list().scans).toEqual([])
  })

  it('go with the right to see them, when they are asked for again', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    lab.archive.lab.experiments.get(refs[0]?.session ?? '')?.scans.shift()
    expect(await one.keep(refs)).toMatchObject({ state: 'failed', message: expect.stringMatching(/^One scan could not be kept\..*One scan is kept/) })
    expect(one.list().scans.map(({ ref }) => ref.scan)).toEqual(['2'])
  })

  it('that were left half, changed from outside, or lost their key are removed at the next start', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    writeFileSync(join(folder, '0f9c1d2e-0000-4000-8000-000000000000.0.frames'), 'half')
    const [manifest] = readdirSync(folder).filter((name) => name.endsWith('.kept'))
    const bytes = readFileSync(join(folder, manifest ?? ''), 'latin1')
    writeFileSync(join(folder, manifest ?? ''), bytes.replace('"expiresAt":"2026', '"expiresAt":"2036'), 'latin1')
    await life()
    expect(readdirSync(folder)).toHaveLength(2)
    // A keyring that does not answer now is no lost key.
    await life(() => Promise.reject(new Error('none')))
    expect(readdirSync(folder)).toHaveLength(2)
    keyring.entries.clear()
    await life()
    expect(readdirSync(folder)).toEqual([])
  })

  it.each<[string, number, (names: { manifest: string; frames: string }[]) => void]>([
    [
      'before a manifest was whole',
      2,
      ([one]) => renameSync(join(folder, one?.manifest ?? ''), join(folder, (one?.manifest ?? '').replace('.kept', '.draft'))),
    ],
    ['between a key and its files', 2, ([one]) => writeFileSync(join(folder, one?.manifest ?? ''), Buffer.alloc(500, 7))],
    ['with a manifest emptied', 2, ([one]) => writeFileSync(join(folder, one?.manifest ?? ''), '')],
  ])('are whole or gone after a crash: %s', async (_what, left, crash) => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    const names = readdirSync(folder)
    crash(names.filter((name) => name.endsWith('.kept')).map((manifest) => ({ manifest, frames: manifest.replace('.kept', '.0.frames') })))
    const next = await life()
    await next.desk.restore()
    expect(readdirSync(folder)).toHaveLength(left)
    await goAway(next)
    const archive = next.desk.archive()
    for (const { ref } of next.list().scans) {
      const [file] = await archive.scanFiles(ref, ref.scan)
      expect((await buffer(await archive.read(file ?? { uri: '', size: 0 }, never))).equals(Buffer.from(volume))).toBe(true)
    }
  })

  it('of which a crash left an earlier copy are there once', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    const earlier = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
    const file = lab.archive.lab.experiments
      .get(refs[0]?.session ?? '')
      ?.scans.find(({ id }) => id === '1')
      ?.resources[0]?.files.values()
      .next().value
    if (!file) throw new Error('no file')
    file.bytes = memoryBytes(volume.map((byte) => 255 - byte))
    clock += 60_000
    await one.keep(refs)
    for (const { name, bytes } of earlier) if (!readdirSync(folder).includes(name)) writeFileSync(join(folder, name), bytes)
    expect(readdirSync(folder)).toHaveLength(6)
    const next = await life()
    await next.desk.restore()
    expect(readdirSync(folder)).toHaveLength(4)
    expect(next.list().scans.map(({ keptAt }) => keptAt)).toEqual(['2026-11-22T12:01:00.000Z', '2026-11-22T12:01:00.000Z'])
  })

  it('that were changed on the disk are told so, and never given', async () => {
    const one = await life()
    await signIn(one.desk)
    const refs = await refsIn(one.desk)
    const ref = refs[0] as KeptScan['ref']
    await one.keep([ref])
    const frames = join(folder, readdirSync(folder).find((name) => name.endsWith('.frames')) ?? '')
    const bytes = readFileSync(frames)
    await goAway(one)
    const archive = one.desk.archive()
    const [file] = await archive.scanFiles(ref, '1')
    const reading = async () => buffer(await archive.read(file ?? { uri: '', size: 0 }, never))
    writeFileSync(frames, bytes.subarray(0, bytes.length - 1))
    await expect(reading()).rejects.toMatchObject({ code: 'integrity' })
    writeFileSync(frames, Buffer.concat([bytes.subarray(65_552, 131_104), bytes.subarray(0, 65_552), bytes.subarray(131_104)]))
    await expect(reading()).rejects.toMatchObject({ code: 'integrity' })
    rmSync(frames)
    await expect(reading()).rejects.toMatchObject({ code: 'integrity' })
    writeFileSync(frames, bytes)
    expect((await reading()).equals(Buffer.from(volume))).toBe(true)
  })
})
