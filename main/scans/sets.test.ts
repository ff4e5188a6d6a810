import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { writeDicom } from '../../oct/formats/dicom/write.ts'
import { writeHeyexXml } from '../../oct/formats/heyex-xml/write.ts'
import { createBulk } from '../doorway/bulk.ts'
import { fakeArchive, fakeDesk, ref } from '../runs/fakes.ts'
import { openFramedCache } from './framed-cache.ts'
import { createScans } from './open.ts'
import { parseInWorker } from './parse.ts'

const size = { width: 40, height: 30 }
const grey = (seed: number, { width, height } = size) => Uint8Array.from({ length: width * height }, (_, i) => (i * 7 + seed * 31) & 255)
const line = (y: number) => ({ kind: 'line' as const, start: { x: 1, y }, end: { x: 7, y } })

const reference = { uid: '2.25.1', spacing: { x: 0.1, y: 0.1 } }
const dicom = (syntax: 'explicit' | 'deflated' | 'rle') => ({
  'opt.dcm': writeDicom({
    ...size,
    kind: 'opt',
    syntax,
    frames: 3,
    frame: (index) => grey(index),
    laterality: 'L',
    spacing: { axial: 0.004, lateral: 0.15 },
    thickness: 0.1,
    locations: [line(3), line(2.9), line(2.8)],
    reference,
    uid: '2.25.2',
  }),
  'op.dcm': writeDicom({
    kind: 'op',
    syntax,
    width: 90,
    height: 80,
    frames: 1,
    frame: () => grey(9, { width: 90, height: 80 }),
    laterality: 'L',
    spacing: { axial: 0.1, lateral: 0.1 },
    uid: reference.uid,
  }),
})

const xml = (frames: number): Record<string, Uint8Array> =>
  Object.fromEntries(
    writeHeyexXml({
      pattern: 'volume',
      laterality: 'OD',
      spacing: { lateral: 0.15, axial: 0.004 },
      frames: Array.from({ length: frames }, (_, i) => ({
        ...size,
        pixels: grey(i),
        location: line(7 - i * 0.01),
        layers: [{ name: 'ILM', rows: new Float32Array(size.width).fill(5) }],
      })),
      pictures: { type: 'png' },
      slo: { width: 90, height: 80, pixels: grey(9, { width: 90, height: 80 }), spacing: { x: 0.1, y: 0.1 } },
    }).map(({ name, bytes }) => [name, bytes]),
  )

let worker = ''
let url = new URL('file:///')
beforeAll(async () => {
  worker = await mkdtemp(join(tmpdir(), 'scanside-worker-'))
  const outfile = join(worker, 'parse-worker.mjs')
  await build({ entryPoints: [join(import.meta.dirname, 'parse-worker.ts')], bundle: true, format: 'esm', platform: 'node', outfile })
  url = pathToFileURL(outfile)
})
afterAll(() => rm(worker, { recursive: true, force: true }))
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-sets-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const never = new AbortController().signal

const room = async () => {
  const { desk } = fakeDesk()
  const bulk = createBulk(() => {})
  const archive = fakeArchive()
  const scans = createScans({
    archive: () => ({ id: 'xnat.example', demo: false, archive }),
    lab: desk.lab,
    cache: await openFramedCache(folder),
    bulk,
    parse: parseInWorker(url),
    title: async () => null,
  })
  const fetchBulk = async (path: string) => new Uint8Array(await (await bulk.handle(new Request(`http://localhost${path}`))).arrayBuffer())
  /** As the window does: the first file makes the set. */
  const drop = async (files: Record<string, Uint8Array>) => {
    let set: string | null = null
    for (const [name, bytes] of Object.entries(files)) {
      const ticket: { url: string; local: string } = scans.dropTicket({ size: bytes.length, name, set })
      const answer = await bulk.handle(new Request(`http://localhost${ticket.url}`, { method: 'PUT', body: Uint8Array.from(bytes) }))
      expect(answer.ok).toBe(true)
      set = ticket.local
    }
    return { kind: 'local' as const, local: set ?? '' }
  }
  const store = (scan: string, resource: string, files: Record<string, Uint8Array>) =>
    archive.files.set(
      scan,
      Object.entries(files).map(([name, bytes]) => ({ uri: `/data/${scan}/${name}`, name, resource, size: bytes.length, md5: '', bytes })),
    )
  return { scans, archive, drop, store, fetchBulk }
}

describe('a set of files', () => {
  it.each(['explicit', 'rle'] as const)('is one scan where it is DICOM (%s): dropped, or in the archive', async (syntax) => {
    const { scans, drop, store, fetchBulk } = await room()
    store('4', 'DICOM', dicom(syntax))
    for (const from of [await drop(dicom(syntax)), ref('4')]) {
      const opened = await scans.open(from, never)
      expect(opened.scan).toMatchObject({ format: 'dicom-opt', laterality: 'OS', width: 40, height: 30 })
      expect(opened.scan.frames.map(({ location }) => location.kind)).toEqual(['line', 'line', 'line'])
      expect(opened.scan.slo).toMatchObject({ width: 90, height: 80 })
      const bytes = await fetchBulk(`${opened.bulk}/frame/2`)
      if (syntax === 'explicit') expect(bytes).toEqual(grey(2))
      expect(bytes.length).toBeGreaterThan(0)
      await scans.close(opened.bulk)
    }
    // What came from the archive is gone; what was dropped stays until the window closes.
    expect(await readdir(folder)).toHaveLength(2)
    await scans.closeAll()
    expect(await readdir(folder)).toEqual([])
  })

  it('is inflated where it is deflated DICOM', async () => {
    const { scans, drop, fetchBulk } = await room()
    const opened = await scans.open(await drop(dicom('deflated')), never)
    for (const index of [0, 1, 2]) expect(await fetchBulk(`${opened.bulk}/frame/${index}`)).toEqual(grey(index))
    expect(await fetchBulk(`${opened.bulk}/slo`)).toEqual(grey(9, { width: 90, height: 80 }))
    await scans.closeAll()
  })

  it('is one scan where it is an XML export: its pictures are found by their names, 400 of them', async () => {
    const { scans, drop, store, fetchBulk } = await room()
    const few = await scans.open(await drop(xml(3)), never)
    expect(few.scan).toMatchObject({ format: 'heidelberg-xml', laterality: 'OD', pattern: 'volume' })
    const rows = new Float32Array((await fetchBulk(`${few.bulk}/layer/ILM`)).buffer)
    expect(rows).toEqual(new Float32Array(3 * size.width).fill(5))

    const many = xml(400)
    store('5', 'XML', many)
    const told: number[] = []
    const opened = await scans.open(ref('5'), never, (bytes) => told.push(bytes))
    expect(opened.scan.frames).toHaveLength(400)
    expect(told.at(-1)).toBe(Object.values(many).reduce((sum, { length }) => sum + length, 0))
    expect(await fetchBulk(`${opened.bulk}/frame/399`)).toEqual(many['B400.png'])
    await scans.closeAll()
  })

  it('says which files are missing', async () => {
    const { scans, drop } = await room()
    const { 'scan.xml': alone = new Uint8Array() } = xml(3)
    await expect(scans.open(await drop({ 'scan.xml': alone }), never)).rejects.toThrow('none of them is here')
    await scans.closeAll()
  })

  const real = process.env.SCANSIDE_TEST_DATA
  if (real) {
    it('is read from a real XML export', async () => {
      const { scans, drop, fetchBulk } = await room()
      const names = (await readdir(join(real, 'heyex-xml'))).filter((name) => /\.(xml|tif)$/.test(name))
      const files = await Promise.all(names.map(async (name) => [name, new Uint8Array(await readFile(join(real, 'heyex-xml', name)))] as const))
      const opened = await scans.open(await drop(Object.fromEntries(files)), never)
      expect(opened.scan.format).toBe('heidelberg-xml')
      expect((await fetchBulk(`${opened.bulk}/frame/0`)).length).toBeGreaterThan(1000)
      await scans.closeAll()
    })
  }
})
