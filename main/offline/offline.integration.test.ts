import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryBytes } from '../../demo/bytes.ts'
import type { KeptScan } from '../../preload/offline.ts'
import { volume } from '../archive/lab.fixture.ts'
import { dayMs } from './kept-scans.ts'
import { refsIn, startWorld, type World } from './world.fixture.ts'

const never = new AbortController().signal
let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.stop())

const everyByte = (folder: string) => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))).toString('latin1')

describe('scans kept offline', () => {
  it('answer while the archive is away, as it would', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    const ref = refs[0] as KeptScan['ref']
    const there = one.desk.archive()
    const before = { scans: await there.scans('P', ref.session), files: await there.scanFiles(ref, '1') }
    expect(await one.keep(refs)).toMatchObject({ state: 'done', message: '2 scans are kept offline.' })
    expect(one.list()).toMatchObject({ bytes: 2 * volume.byteLength, days: 7, scans: [{ ref, expiresAt: '2026-11-29T12:00:00.000Z' }, {}] })
    expect(one.list().scans[0]?.title).toEqual({ project: 'Project P', subject: 'P-0001', session: 'V02', scan: '1 ring' })

    await world.goAway(one)
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
    const one = await world.life()
    await world.signIn(one.desk)
    const ref = (await refsIn(one.desk))[0] as KeptScan['ref']
    await one.keep([ref])
    const archive = one.desk.archive()
    const [file] = await archive.scanFiles(ref, '1')
    world.lab.faults.set({ path: '/files/', resetAfter: 70_000 })
    expect(
      createHash('md5')
        .update(await buffer(await archive.read(file ?? { uri: '', size: 0 }, never)))
        .digest('hex'),
    ).toBe(file?.md5)
    expect(one.desk.status().state).toBe('signed-in')
  })

  it('lie there as ciphertext alone, and nothing is left of what is forgotten', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    expect(readdirSync(world.folder)).toHaveLength(4)
    for (const mark of ['Mustermann', 'P-0001', 'ring', Buffer.from(volume.subarray(5_000, 5_016)).toString('latin1')]) {
      expect(everyByte(world.folder)).not.toContain(mark)
    }
    await one.forget([refs[0] as KeptScan['ref']])
    expect(one.list().scans.map(({ ref }) => ref.scan)).toEqual(['2'])
    expect(readdirSync(world.folder)).toHaveLength(2)
    await one.forget(null)
    expect(readdirSync(world.folder)).toEqual([])
  })

  it('are there at the next start without the archive, for the same account, with their labels', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    const ref = refs[0] as KeptScan['ref']
    await one.keep(refs)
    await world.lab.archive.stop()
    const next = await world.life()
    await next.desk.restore()
    expect(next.desk.status()).toMatchObject({ state: 'offline', user: 'jk' })
    expect(next.list().scans).toHaveLength(2)
    const archive = next.desk.archive()
    expect((await archive.scans('P', ref.session)).map(({ id }) => id)).toEqual(['1', '2'])
    const files = await archive.scanFiles(ref, '2')
    expect((await buffer(await archive.read(files[0] ?? { uri: '', size: 0 }, never))).equals(Buffer.from(volume))).toBe(true)
    world.locked = true
    expect(next.list().scans[0]?.title).toEqual({ project: '', subject: '', session: '', scan: '' })
    await expect(async () => next.forget(null)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('are shown to nobody else', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    await one.desk.signOut({ force: true, waiting: 0 })
    expect(one.list().scans).toEqual([])
    await world.signIn(one.desk, 'colon', 'ge:heim')
    expect(one.list().scans).toEqual([])
    await world.goAway(one)
    await expect(one.desk.archive().projects()).rejects.toMatchObject({ code: 'unreachable' })
    await expect(one.desk.archive().scanFiles(refs[0] as KeptScan['ref'], '1')).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('end by themselves, also where nobody is signed in or no keyring answers', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    await one.keep(await refsIn(one.desk))
    world.clock += 7 * dayMs - 1
    expect(one.list().scans).toHaveLength(2)
    world.clock += 1
    // Before the hour's sweep has come they are not given any more.
    expect(one.list().scans).toEqual([])
    const early = readdirSync(world.folder)
    expect(early).toHaveLength(4)
    expect(world.removed).toEqual([])
    await world.life(() => Promise.reject(new Error('none')))
    expect(readdirSync(world.folder)).toEqual([])
    // For the audit, once.
    await world.life()
    expect(world.removed).toEqual([2])
  })

  it('end sooner where the site file allows fewer days by now', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    await one.keep(await refsIn(one.desk))
    const next = await world.life(undefined, 2)
    await next.desk.restore()
    expect(next.list().scans.map(({ expiresAt }) => expiresAt)).toEqual(['2026-11-24T12:00:00.000Z', '2026-11-24T12:00:00.000Z'])
    world.clock += 2 * dayMs
    await world.life(undefined, 2)
    expect(readdirSync(world.folder)).toEqual([])
  })

  it('are there once, also where they are asked for twice at once', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    await Promise.all([one.keep([...refs, ...refs]), one.keep(refs), one.keep(refs)])
    expect(
      one
        .list()
        .scans.map(({ ref }) => ref.scan)
        .sort(),
    ).toEqual(['1', '2'])
    expect(readdirSync(world.folder)).toHaveLength(4)
  })

  it('are fetched again where the archive has changed them, and not where it has not', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    const names = readdirSync(world.folder).filter((name) => name.endsWith('.frames'))
    world.clock += dayMs
    expect((await one.keep(refs)).state).toBe('done')
    expect(readdirSync(world.folder).filter((name) => name.endsWith('.frames'))).toEqual(names)
    expect(one.list().scans.map(({ expiresAt }) => expiresAt)).toEqual(['2026-11-30T12:00:00.000Z', '2026-11-30T12:00:00.000Z'])
    const changed = volume.map((byte) => 255 - byte)
    const experiment = world.lab.archive.lab.experiments.get(refs[0]?.session ?? '')
    const file = [...(experiment?.scans.find(({ id }) => id === '1')?.resources[0]?.files.values() ?? [])][0]
    if (!file) throw new Error('no file')
    file.bytes = memoryBytes(changed)
    await one.keep(refs)
    expect(readdirSync(world.folder)).toHaveLength(4)
    await world.goAway(one)
    const archive = one.desk.archive()
    const [listed] = await archive.scanFiles(refs[0] as KeptScan['ref'], '1')
    expect(listed?.md5).toBe(createHash('md5').update(changed).digest('hex'))
    expect((await buffer(await archive.read(listed ?? { uri: '', size: 0 }, never))).equals(Buffer.from(changed))).toBe(true)
  })

  it('are not kept without a keyring, on a full disk, or half', async () => {
    const bare = await world.life(() => Promise.reject(new Error('none')))
    await world.signIn(bare.desk)
    const refs = await refsIn(bare.desk)
    await expect(bare.keep(refs)).rejects.toMatchObject({ code: 'keyring-unavailable' })
    const one = await world.life()
    await world.signIn(one.desk)
    world.room = 1_000
    expect(await one.keep(refs)).toMatchObject({ state: 'failed', message: expect.stringContaining('not enough room') })
    world.room = null
    world.lab.faults.set({ path: '/files/', resetAfter: 70_000 })
    expect((await one.keep(refs)).state).toBe('failed')
    world.lab.faults.clear()
    expect(readdirSync(world.folder)).toEqual([])
    expect(one.list().scans).toEqual([])
  })

  it('go with the right to see them, when they are asked for again', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    world.lab.archive.lab.experiments.get(refs[0]?.session ?? '')?.scans.shift()
    expect(await one.keep(refs)).toMatchObject({ state: 'failed', message: expect.stringMatching(/^One scan could not be kept\..*One scan is kept/) })
    expect(one.list().scans.map(({ ref }) => ref.scan)).toEqual(['2'])
  })
})
