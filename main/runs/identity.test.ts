import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { SyntaxName } from '../../oct/formats/dicom/syntaxes.ts'
import { writeDicom } from '../../oct/formats/dicom/write.ts'
import { readScan } from '../../oct/formats/index.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { photograph, tomogram } from '../../test/formats/dicom-fixtures.ts'
import { createBulk } from '../doorway/bulk.ts'
import { openFramedCache } from '../scans/framed-cache.ts'
import { createScans } from '../scans/open.ts'
import { openLab } from '../store/lab.ts'
import { openOwed } from '../store/owed.ts'
import { fakeArchive, fakeDesk, fakeEngine, ref } from './fakes.ts'
import { createRuns } from './runs.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-identity-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const marker = /mustermann|erika|PAT-4711/i

/** Every byte of every file under the folder, as text that keeps each byte. */
const everythingWritten = async () => {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile())
  return Promise.all(files.map(async (entry) => (await readFile(join(entry.parentPath, entry.name))).toString('latin1')))
}

const never = new AbortController().signal

/** Runs and scans over databases and caches in the folder; every scan of the archive holds these bytes. */
const room = async (bytesOf: (scan: string) => Uint8Array) => {
  const key = 'c3'.repeat(32)
  const lab = openLab({ path: join(folder, 'lab.db'), key, chainKey: key, now: () => new Date(0) })
  const debts = openOwed(join(folder, 'owed.db'))
  const { desk, options } = fakeDesk(lab)
  desk.debts = debts
  desk.engine = fakeEngine(debts)
  desk.archive = fakeArchive(bytesOf)
  const bulk = createBulk(() => {})
  const scans = createScans({
    archive: () => ({ id: 'xnat.example', demo: false, archive: desk.archive }),
    lab,
    cache: await openFramedCache(join(folder, 'cache')),
    bulk,
    parse: readScan,
    title: async () => ({ project: 'P', subject: 'Mustermann', session: 'V02', scan: '1' }),
  })
  const runs = createRuns({ ...options, debts, local: scans.local })
  return { lab, debts, desk, bulk, scans, runs }
}

it('writes and sends no name: not to disk, not to the engine, not to the archive, not to a log or receipt', async () => {
  // The header of an export holds the patient: the marker stands where identity stands.
  const vol = synthesise({ pattern: 'ring', laterality: 'OD', seed: 5, width: 64, height: 64 })
  for (const offset of [104, 140, 176]) vol.set(new TextEncoder().encode('PAT-4711'), offset)
  const { lab, debts, desk, bulk, scans, runs } = await room(() => vol)

  const opened = await scans.open(ref('1'), never)
  expect(opened.title.subject).toBe('Mustermann')
  const { url, local } = scans.dropTicket({ size: vol.length, name: 'Erika/Mustermann_Erika_716.vol', set: null })
  const headers = { 'content-disposition': 'attachment; filename="Mustermann_Erika_716.vol"' }
  await bulk.handle(new Request(`http://localhost${url}`, { method: 'PUT', body: Uint8Array.from(vol), headers }))
  desk.engine.hold = true
  const { runs: ids } = await runs.start({
    pipeline: 'p',
    values: {},
    subject: 'Mustermann, Erika / V02',
    refs: [ref('1'), { kind: 'local', local }],
  })
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))

  // While they run: databases, their WAL and the caches are all there.
  const during = await everythingWritten()
  expect(during.length).toBeGreaterThanOrEqual(5)
  for (const text of during) expect(marker.test(text)).toBe(false)
  expect(debts.list().length).toBeGreaterThan(0)

  desk.engine.hold = false
  desk.engine.release()
  await runs.idle()
  for (const id of ids) {
    const { receipt, steps, summary } = runs.get(id)
    expect(summary.state).toBe('done')
    expect(JSON.stringify([receipt, steps, summary.message, runs.log(id, 0)])).not.toMatch(marker)
  }
  expect([...desk.engine.staged.keys()].join(' ')).not.toMatch(marker)
  expect(desk.engine.staged.size).toBe(2)
  for (const bytes of desk.engine.staged.values()) {
    expect(Buffer.from(bytes).toString('latin1')).not.toMatch(marker)
    // The picture is the same, and results that name the emptied copy are found again for the original.
    expect(Buffer.from(bytes.subarray(2048)).equals(Buffer.from(vol.subarray(2048)))).toBe(true)
  }
  for (const again of [ref('1'), { kind: 'local' as const, local }]) {
    expect((await scans.open(again, never)).results.length).toBeGreaterThan(0)
  }
  for (const [path, bytes] of desk.archive.home) expect(`${path} ${new TextDecoder().decode(bytes)}`).not.toMatch(marker)
  await scans.closeAll()
  await runs.close()
  lab.close()
  debts.close()
  for (const text of await everythingWritten()) expect(marker.test(text)).toBe(false)
  expect(await readdir(join(folder, 'cache'))).toEqual([])
})

const person = { name: 'Mustermann^Erika', id: 'PAT-4711', birthDate: '19700101', accession: 'PAT-4711', station: 'PAT-4711', serial: 'PAT-4711' }

it.each<SyntaxName>(['explicit', 'implicit', 'big-endian'])(
  'gives an engine no name of a DICOM scan, and finds its results again: %s',
  async (syntax) => {
    const contents = [tomogram(2, { syntax, identity: person }), photograph({ syntax, identity: person })].map(writeDicom)
    const { lab, debts, desk, bulk, scans, runs } = await room(() => new Uint8Array())
    desk.archive.files.set(
      '1',
      contents.map((bytes, index) => {
        const md5 = createHash('md5').update(bytes).digest('hex')
        return { uri: `/data/1/${index}`, name: `Mustermann_${index}.dcm`, resource: 'VOL', size: bytes.length, md5, bytes }
      }),
    )
    let set: string | null = null
    for (const [index, bytes] of contents.entries()) {
      const ticket: { url: string; local: string } = scans.dropTicket({ size: bytes.length, name: `Mustermann_${index}.dcm`, set })
      await bulk.handle(new Request(`http://localhost${ticket.url}`, { method: 'PUT', body: Uint8Array.from(bytes) }))
      set = ticket.local
    }
    const refs = [ref('1'), { kind: 'local' as const, local: set ?? '' }]
    const { runs: ids } = await runs.start({ pipeline: 'p', values: {}, subject: '', refs })
    await runs.idle()
    for (const id of ids) expect(runs.get(id).summary).toMatchObject({ state: 'done', message: null })
    expect(desk.engine.staged.size).toBe(4)
    const sizes = contents.map(({ length }) => length)
    for (const bytes of desk.engine.staged.values()) {
      expect(Buffer.from(bytes).toString('latin1')).not.toMatch(marker)
      expect(sizes).toContain(bytes.length)
    }
    for (const again of refs) expect((await scans.open(again, never)).results.length).toBeGreaterThan(0)
    await scans.closeAll()
    await runs.close()
    lab.close()
    debts.close()
    for (const text of await everythingWritten()) expect(marker.test(text)).toBe(false)
  },
)

it.each<[string, Uint8Array]>([
  ['DICOM with a broken header', writeDicom(tomogram(1, { identity: person })).slice(0, 1001)],
  ['XML', new TextEncoder().encode('<HEDX><BODY><Patient><LastName>Mustermann</LastName></Patient></BODY></HEDX>')],
  ['e2e', new Uint8Array(Buffer.from(`CMDb${'\0'.repeat(3000)}Mustermann`))],
])('refuses a run on what holds a name that cannot be taken away: %s', async (_what, bytes) => {
  const { lab, debts, desk, scans, runs } = await room(() => bytes)
  const { runs: ids } = await runs.start({ pipeline: 'p', values: {}, subject: '', refs: [ref('1')] })
  await runs.idle()
  const { summary } = runs.get(ids[0] ?? '')
  expect(summary).toMatchObject({ state: 'failed', message: expect.stringMatching(/patient’s name/) })
  expect(JSON.stringify([summary, runs.log(ids[0] ?? '', 0)])).not.toMatch(marker)
  expect([...desk.engine.staged]).toEqual([])
  expect(debts.list()).toEqual([])
  await scans.closeAll()
  await runs.close()
  lab.close()
  debts.close()
})
