import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readScan } from '../../oct/formats/index.ts'
import { bytesSource, readFrame, readSlo, readVol } from '../../oct/formats/vol.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { openScanSchema } from '../../preload/contract.ts'
import { createBulk } from '../doorway/bulk.ts'
import { fakeArchive, fakeDesk, ref } from '../runs/fakes.ts'
import { createRuns } from '../runs/runs.ts'
import { openFramedCache } from './framed-cache.ts'
import { createScans } from './open.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-scans-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const vol = synthesise({ pattern: 'volume', laterality: 'OS', seed: 3, width: 64, height: 64, frames: 3 })
const never = new AbortController().signal

const room = async () => {
  const lock = { on: false }
  const { desk, options } = fakeDesk()
  desk.archive = fakeArchive(() => vol)
  const bulk = createBulk(() => {})
  const scans = createScans({
    archive: () => (desk.home ? { ...desk.home, archive: desk.archive } : null),
    lab: desk.lab,
    cache: await openFramedCache(folder),
    bulk,
    parse: readScan,
    title: async () => null,
    locked: () => lock.on,
  })
  const runs = createRuns({ ...options, local: scans.local })
  const fetchBulk = (path: string, init?: RequestInit) => bulk.handle(new Request(`http://localhost${path}`, init))
  const put = async (bytes: Uint8Array, { size = bytes.length, name = '', set = null as string | null } = {}) => {
    const { url, local } = scans.dropTicket({ size, name, set })
    const answer = await fetchBulk(url, { method: 'PUT', body: Uint8Array.from(bytes) })
    return { answer, local, url }
  }
  return { desk, scans, runs, fetchBulk, put, lock }
}
const start = { pipeline: 'p', values: {}, subject: 's' }

describe('opening a scan', () => {
  it('serves metadata, pixels and layers, tells progress, and leaves nothing after close', async () => {
    const { scans, fetchBulk } = await room()
    const progress: [number, number | null][] = []
    const opened = await scans.open(ref('1'), never, (bytes, total) => progress.push([bytes, total]))
    openScanSchema.parse(opened)
    expect(opened.scan).toMatchObject({ laterality: 'OS', pattern: 'volume', width: 64, height: 64 })
    expect(opened.title).toEqual({ project: 'P', subject: 'S', session: 'XNAT_E1', scan: '1' })
    expect(progress[0]).toEqual([0, vol.length])
    expect(progress.at(-1)).toEqual([vol.length, vol.length])

    const direct = await readVol(bytesSource(vol))
    const slo = await fetchBulk(`${opened.bulk}/slo`)
    expect(slo.headers.get('cache-control')).toBe('no-store')
    expect(new Uint8Array(await slo.arrayBuffer())).toEqual(await readSlo(bytesSource(vol), direct))
    const frame = new Float32Array(await (await fetchBulk(`${opened.bulk}/frame/2`)).arrayBuffer())
    const expected = await readFrame(bytesSource(vol), direct, 2)
    expect(frame.map((value) => (value > 1e30 ? Number.NaN : value))).toEqual(expected)
    const layers = (await (await fetchBulk(`${opened.bulk}/layers/0`)).json()) as { name: string; rows: number[] }[]
    expect(layers.map((layer) => layer.name)).toEqual(opened.scan.frames[0]?.layers)
    expect(layers[0]?.rows).toHaveLength(64)
    for (const path of ['frame/3', 'frame/-1', 'frame/x', 'layers/99999', 'other', '']) {
      expect((await fetchBulk(`${opened.bulk}/${path}`)).status).toBe(404)
    }
    await scans.close(opened.bulk)
    expect((await fetchBulk(`${opened.bulk}/slo`)).status).toBe(404)
    expect(await readdir(folder)).toEqual([])
  })

  it('shows nothing of what was opened before the desk was locked, and all of it after', async () => {
    const { scans, fetchBulk, lock } = await room()
    const opened = await scans.open(ref('1'), never)
    lock.on = true
    for (const what of ['slo', 'frame/0', 'layers/0'])
      expect(await (await fetchBulk(`${opened.bulk}/${what}`)).json()).toMatchObject({ code: 'forbidden' })
    lock.on = false
    expect((await fetchBulk(`${opened.bulk}/slo`)).status).toBe(200)
  })

  it('opened blind it tells no label, no time and no result, and is the same scan wherever it came from', async () => {
    const { scans, runs, desk, put } = await room()
    await runs.start({ ...start, refs: [ref('1')] })
    await runs.idle()
    const open = await scans.open(ref('1'), never)
    const blind = await scans.openBlind(ref('1'), never)
    expect(open.results).toHaveLength(1)
    expect(blind).toMatchObject({ title: { project: '', subject: '', session: '', scan: '' }, results: [], scan: { acquiredAt: null } })
    for (const id of ['XNAT_E1', 'P-', 'scan-']) expect(JSON.stringify(blind)).not.toContain(id)
    const digest = scans.openedAs(open.bulk)?.digest
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect(scans.openedAs(open.bulk)).toEqual({ digest, judged: true, blind: false })
    expect(scans.openedAs(blind.bulk)).toEqual({ digest, judged: false, blind: true })
    const { local } = await put(vol)
    expect(scans.openedAs((await scans.open({ kind: 'local', local }, never)).bulk)?.digest).toBe(digest)
    desk.archive = fakeArchive(() => synthesise({ pattern: 'ring', laterality: 'OD', seed: 4, width: 64, height: 64 }))
    expect(scans.openedAs((await scans.open(ref('2'), never)).bulk)?.digest).not.toBe(digest)
    await scans.close(blind.bulk)
    expect(scans.openedAs(blind.bulk)).toBeNull()
    await scans.closeAll()
  })

  it('shows this desk’s results at once, and another desk’s from the archive', async () => {
    const here = await room()
    const { runs: ids } = await here.runs.start({ ...start, refs: [ref('1')] })
    await here.runs.idle()
    const opened = await here.scans.open(ref('1'), never)
    expect(opened.results).toMatchObject([{ run: ids[0], home: 'read-back', pipeline: 'oct-quality 0.1.0', scanIndex: 0 }])
    expect(opened.results[0]?.results.scans).toHaveLength(1)
    // A file dropped with the same content has the same results.
    const { local } = await here.put(vol)
    expect((await here.scans.open({ kind: 'local', local }, never)).results).toHaveLength(1)

    const there = await room()
    there.desk.archive = here.desk.archive
    expect((await there.scans.open(ref('1'), never)).results).toMatchObject([{ run: null, home: 'read-back', pipeline: 'oct-quality 0.1.0' }])
    here.desk.archive.home.set('XNAT_E1/oct-quality/0.1.0/x/results.json', new TextEncoder().encode('{"not": "results"}'))
    expect((await there.scans.open(ref('1'), never)).results).toHaveLength(1)
    await here.scans.closeAll()
    await there.scans.closeAll()
  })

  const real = process.env.SCANSIDE_TEST_DATA
  for (const [name, pattern] of real ? [['ring-od.vol', 'ring'] as const, ['line-od.vol', 'line'] as const] : []) {
    it(`opens a real scan: ${name}`, async () => {
      const { scans, desk, fetchBulk } = await room()
      const bytes = new Uint8Array(await readFile(join(real ?? '', 'oct', name)))
      desk.archive = fakeArchive(() => bytes)
      const opened = await scans.open(ref('1'), never)
      expect(opened.scan).toMatchObject({ laterality: 'OD', pattern })
      const frame = await (await fetchBulk(`${opened.bulk}/frame/0`)).arrayBuffer()
      expect(frame.byteLength).toBe(opened.scan.width * opened.scan.height * 4)
      await scans.closeAll()
    })
  }

  it('keeps nothing of what cannot be read or is cancelled', async () => {
    const { scans, desk } = await room()
    desk.archive = fakeArchive(() => vol.subarray(0, 5000))
    await expect(scans.open(ref('1'), never)).rejects.toMatchObject({ code: 'invalid-file' })
    const abort = new AbortController()
    await expect(scans.open(ref('1'), abort.signal, () => abort.abort())).rejects.toMatchObject({ code: 'cancelled' })
    desk.home = null
    await expect(scans.open(ref('1'), never)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(scans.open({ kind: 'local', local: 'x' }, never)).rejects.toMatchObject({ code: 'not-found' })
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a dropped file', () => {
  it('is opened and run on by an id that says nothing', async () => {
    const { scans, runs, put } = await room()
    const { answer, local } = await put(vol)
    expect(await answer.json()).toEqual({ local, size: vol.length })
    const opened = await scans.open({ kind: 'local', local }, never)
    expect(opened.scan.pattern).toBe('volume')
    const { runs: ids } = await runs.start({ ...start, refs: [{ kind: 'local', local }] })
    await runs.idle()
    expect(runs.get(ids[0] ?? '').summary).toMatchObject({ state: 'done', home: 'local' })
    await scans.closeAll()
    expect(await readdir(folder)).toEqual([])
  })

  it('is refused by its content, its size and its second coming', async () => {
    const { scans, fetchBulk, put } = await room()
    const notScan = await put(new TextEncoder().encode('a letter to a patient'))
    expect(notScan.answer.status).toBe(400)
    expect(await notScan.answer.json()).toMatchObject({ code: 'invalid-file' })
    const short = await put(vol, { size: vol.length + 1 })
    expect(await short.answer.json()).toMatchObject({ code: 'integrity' })
    expect(() => scans.dropTicket({ size: 0, name: '', set: null })).toThrow('empty')
    expect(() => scans.dropTicket({ size: 5e9, name: '', set: null })).toThrow('4 GB')
    const good = await put(vol)
    expect((await fetchBulk(good.url, { method: 'PUT', body: Uint8Array.from(vol) })).status).toBe(404)
    expect(scans.local(notScan.local)).toBeNull()
    expect(await readdir(folder)).toHaveLength(1)
    await scans.closeAll()
  })
})
