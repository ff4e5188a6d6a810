import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryBytes } from '../../demo/bytes.ts'
import type { KeptScan } from '../../preload/offline.ts'
import { volume } from '../archive/lab.fixture.ts'
import { refsIn, startWorld, type World } from './world.fixture.ts'

const never = new AbortController().signal
let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.stop())

describe('scans kept offline', () => {
  it('that were left half, changed from outside, or lost their key are removed at the next start', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    writeFileSync(join(world.folder, '0f9c1d2e-0000-4000-8000-000000000000.0.frames'), 'half')
    const [manifest] = readdirSync(world.folder).filter((name) => name.endsWith('.kept'))
    const bytes = readFileSync(join(world.folder, manifest ?? ''), 'latin1')
    writeFileSync(join(world.folder, manifest ?? ''), bytes.replace('"expiresAt":"2026', '"expiresAt":"2036'), 'latin1')
    await world.life()
    expect(readdirSync(world.folder)).toHaveLength(2)
    // A keyring that does not answer now is no lost key.
    await world.life(() => Promise.reject(new Error('none')))
    expect(readdirSync(world.folder)).toHaveLength(2)
    world.keyring.entries.clear()
    await world.life()
    expect(readdirSync(world.folder)).toEqual([])
  })

  it.each<[string, number, (names: { manifest: string; frames: string }[]) => void]>([
    [
      'before a manifest was whole',
      2,
      ([one]) => renameSync(join(world.folder, one?.manifest ?? ''), join(world.folder, (one?.manifest ?? '').replace('.kept', '.draft'))),
    ],
    ['between a key and its files', 2, ([one]) => writeFileSync(join(world.folder, one?.manifest ?? ''), Buffer.alloc(500, 7))],
    ['with a manifest emptied', 2, ([one]) => writeFileSync(join(world.folder, one?.manifest ?? ''), '')],
  ])('are whole or gone after a crash: %s', async (_what, left, crash) => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    const names = readdirSync(world.folder)
    crash(names.filter((name) => name.endsWith('.kept')).map((manifest) => ({ manifest, frames: manifest.replace('.kept', '.0.frames') })))
    const next = await world.life()
    await next.desk.restore()
    expect(readdirSync(world.folder)).toHaveLength(left)
    await world.goAway(next)
    const archive = next.desk.archive()
    for (const { ref } of next.list().scans) {
      const [file] = await archive.scanFiles(ref, ref.scan)
      expect((await buffer(await archive.read(file ?? { uri: '', size: 0 }, never))).equals(Buffer.from(volume))).toBe(true)
    }
  })

  it('of which a crash left an earlier copy are there once', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    await one.keep(refs)
    const earlier = readdirSync(world.folder).map((name) => ({ name, bytes: readFileSync(join(world.folder, name)) }))
    const file = world.lab.archive.lab.experiments
      .get(refs[0]?.session ?? '')
      ?.scans.find(({ id }) => id === '1')
      ?.resources[0]?.files.values()
      .next().value
    if (!file) throw new Error('no file')
    file.bytes = memoryBytes(volume.map((byte) => 255 - byte))
    world.clock += 60_000
    await one.keep(refs)
    for (const { name, bytes } of earlier) if (!readdirSync(world.folder).includes(name)) writeFileSync(join(world.folder, name), bytes)
    expect(readdirSync(world.folder)).toHaveLength(6)
    const next = await world.life()
    await next.desk.restore()
    expect(readdirSync(world.folder)).toHaveLength(4)
    expect(next.list().scans.map(({ keptAt }) => keptAt)).toEqual(['2026-11-22T12:01:00.000Z', '2026-11-22T12:01:00.000Z'])
  })

  it('that were changed on the disk are told so, and never given', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    const ref = refs[0] as KeptScan['ref']
    await one.keep([ref])
    const frames = join(world.folder, readdirSync(world.folder).find((name) => name.endsWith('.frames')) ?? '')
    const bytes = readFileSync(frames)
    await world.goAway(one)
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

  it('can be cancelled: what had arrived whole is kept and said, the rest is not there', async () => {
    const one = await world.life()
    await world.signIn(one.desk)
    const refs = await refsIn(one.desk)
    world.lab.faults.set({ path: '/scans/2/resources/', stallAfter: 70_000 })
    const ended = one.keep(refs, (operation) => {
      const look = setInterval(() => {
        // The first is there whole, and of the second there is a beginning.
        if (readdirSync(world.folder).length < 3) return
        clearInterval(look)
        one.cancel(operation)
      }, 20)
    })
    expect(await ended).toMatchObject({ state: 'cancelled', message: 'Cancelled. One scan is kept offline.' })
    expect(readdirSync(world.folder)).toHaveLength(2)
    expect(one.list().scans.map(({ ref }) => ref.scan)).toEqual(['1'])
  })
})
