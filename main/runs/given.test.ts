/** What an engine is given of files whose text holds a name. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../oct/formats/bytes.ts'
import { writeE2e } from '../../oct/formats/e2e/write.ts'
import { pictureFinder } from '../../oct/formats/heyex-xml/files.ts'
import { pseudonymiseHeyexXml } from '../../oct/formats/heyex-xml/pseudonymise.ts'
import { readScan } from '../../oct/formats/index.ts'
import { xmlFixtures } from '../../test/fuzz/fixtures-xml.ts'
import { smallE2e } from '../../test/fuzz/small-e2e.ts'
import type { Engine, InputRef } from '../engines/engine.ts'
import { applyChanges } from './changes.ts'
import type { LocalScanFile, RunsOptions } from './desk.ts'
import { fakeDesk, fakeEngine, fakePlan, health, ref } from './fakes.ts'
import { createRuns } from './runs.ts'

const exports = xmlFixtures()
const marker = 'Mustermann'
const start = { pipeline: 'p', values: {}, subject: '' }
const rewriteXml: NonNullable<RunsOptions['rewriteXml']> = (source, pictures) => {
  const find = pictureFinder(pictures.map(({ name }) => ({ name, source })))
  return pseudonymiseHeyexXml(source, (url) => pictures[find(url) ?? -1]?.as)
}

/** An export whose XML and pictures are called after a person. */
async function namedExport(): Promise<{ name: string; bytes: Uint8Array }[]> {
  const [fixture] = await exports
  return (fixture?.files ?? []).map(({ name, bytes }) => {
    const text = Buffer.from(bytes).toString('latin1')
    const renamed = text.replaceAll(/([\w-]+\.tif)/g, `${marker}_$1`).replace('<Study>', `<LastName>${marker}</LastName><Study>`)
    return { name: `${marker}_${name}`, bytes: name.endsWith('.xml') ? new Uint8Array(Buffer.from(renamed, 'latin1')) : bytes }
  })
}
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

function desk(lane: 'builtin' | 'container') {
  const made = fakeDesk()
  const engine =
    lane === 'builtin' ? Object.assign(fakeEngine(made.desk.debts), { health: { ...health, kind: 'builtin' as const } }) : made.desk.engine
  const plan = { ...fakePlan(), engine: lane, inputs: [{ mount: 'in', layout: 'scan' as const, accepts: () => true }] }
  const builtin = lane === 'builtin' ? (engine as ReturnType<typeof fakeEngine> & { health: typeof health }) : null
  const runs = createRuns({ ...made.options, builtin, rewriteXml, pipelines: { plan: async () => plan } })
  return { ...made.desk, engine, runs }
}
type Made = Pick<ReturnType<typeof desk>, 'archive' | 'engine' | 'runs' | 'locals'>

const put = (made: Made, files: { name: string; bytes: Uint8Array }[]) =>
  made.archive.files.set(
    '1',
    files.map(({ name, bytes }) => ({ uri: `/data/${name}`, name, resource: 'OCT', size: bytes.length, md5: md5(bytes), bytes })),
  )
const dropped = (name: string, bytes: Uint8Array, kind: LocalScanFile['kind'], extension: string): LocalScanFile => ({
  name,
  kind,
  extension,
  size: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  original: async () => Readable.from([Buffer.from(bytes)]),
  read: () => Promise.reject(new Error('read without its name')),
})
const done = async (made: Made, id: string) => {
  await made.runs.idle()
  return made.runs.get(id).summary
}
const heldBy = ({ engine }: Made) => Buffer.concat([...engine.staged].flatMap(([path, bytes]) => [Buffer.from(path), bytes])).toString('latin1')

describe.each(['builtin', 'container'] as const)('an XML export on the %s engine', (lane) => {
  it('of the archive is given without identity, and still finds its pictures', async () => {
    const made = desk(lane)
    put(made, await namedExport())
    const { runs } = await made.runs.start({ ...start, refs: [ref('1')] })
    expect(await done(made, runs[0] ?? '')).toMatchObject({ state: 'done' })
    expect(heldBy(made)).not.toContain(marker)
    const files = [...made.engine.staged].map(([path, bytes]) => ({ name: path.split('/').at(-1) ?? '', source: bytesSource(bytes) }))
    expect((await readScan(files)).frames.length).toBeGreaterThan(0)
    expect(files.every(({ name }) => /^scan-[0-9a-f-]{36}\.(xml|tif)$/.test(name))).toBe(true)
  })

  it('that was dropped, too', async () => {
    const made = desk(lane)
    const files = (await namedExport()).map(({ name, bytes }) =>
      name.endsWith('.xml')
        ? dropped(name, bytes, 'heidelberg-xml', '.xml')
        : { ...dropped(name, bytes, 'picture', '.tif'), read: async () => Readable.from([Buffer.from(bytes)]) },
    )
    made.locals.set('l1', { files })
    const { runs } = await made.runs.start({ ...start, refs: [{ kind: 'local', local: 'l1' }] })
    expect(await done(made, runs[0] ?? '')).toMatchObject({ state: 'done', home: 'local' })
    expect(heldBy(made)).not.toContain(marker)
  })

  it('that is damaged or not the one listed is given to nobody', async () => {
    for (const spoil of [(xml: Uint8Array) => xml.subarray(0, 600), null]) {
      const made = desk(lane)
      const files = (await namedExport()).map((file) => (spoil && file.name.endsWith('.xml') ? { ...file, bytes: spoil(file.bytes) } : file))
      put(made, files)
      if (!spoil) for (const file of made.archive.files.get('1') ?? []) file.md5 = '0'.repeat(32)
      const { runs } = await made.runs.start({ ...start, refs: [ref('1')] })
      expect(await done(made, runs[0] ?? '')).toMatchObject({ state: 'failed' })
      expect(made.engine.staged.size).toBe(0)
    }
  })
})

describe('an .e2e file', () => {
  const bytes = writeE2e(smallE2e())
  it('is given to the application itself as it is, and to no container', async () => {
    const own = desk('builtin')
    put(own, [{ name: `${marker}.e2e`, bytes }])
    own.locals.set('l1', { files: [dropped('x.e2e', bytes, 'heidelberg-e2e', '.e2e')] })
    const local = { kind: 'local' as const, local: 'l1' }
    for (const refs of [[ref('1')], [local]]) {
      const { runs } = await own.runs.start({ ...start, refs })
      expect(await done(own, runs[0] ?? '')).toMatchObject({ state: 'done' })
    }
    const boxed = desk('container')
    put(boxed, [{ name: `${marker}.e2e`, bytes }])
    boxed.locals.set('l1', { files: [dropped('x.e2e', bytes, 'heidelberg-e2e', '.e2e')] })
    await expect(boxed.runs.start({ ...start, refs: [local] })).rejects.toMatchObject({
      message: expect.stringMatching(/no container may see.*this application/),
    })
    const { runs } = await boxed.runs.start({ ...start, refs: [ref('1')] })
    expect(await done(boxed, runs[0] ?? '')).toMatchObject({ state: 'failed', message: expect.stringContaining('no container may see') })
    expect(boxed.engine.staged.size).toBe(0)
  })
})

describe('in the cloud', () => {
  const inCloud = () => {
    const made = fakeDesk()
    const refs: InputRef[] = []
    const engine = fakeEngine(made.desk.debts)
    const watched: Engine = {
      ...engine,
      open: async (spec) => {
        const workspace = await engine.open(spec)
        return {
          ...workspace,
          stage: (inputs, ...rest) => {
            refs.push(...inputs.map((input) => input.ref))
            return workspace.stage(inputs, ...rest)
          },
        }
      },
    }
    const plan = { ...fakePlan(), engine: 'cloud' as const, inputs: [{ mount: 'in', layout: 'scan' as const, accepts: () => true }] }
    const cloud = { engine: () => watched, health: () => health, concurrency: () => 1 }
    const runs = createRuns({ ...made.options, cloud, rewriteXml, pipelines: { plan: async () => plan } })
    return { ...made.desk, engine, runs, refs }
  }

  it('an XML export is carried as it is written anew, and its pictures are fetched and emptied there', async () => {
    const made = inCloud()
    const files = await namedExport()
    put(made, files)
    const { runs } = await made.runs.start({ ...start, place: 'cloud', refs: [ref('1')] })
    expect(await done(made, runs[0] ?? '')).toMatchObject({ state: 'done' })
    expect(heldBy(made)).not.toContain(marker)
    expect(made.refs).toHaveLength(files.length)
    for (const input of made.refs) {
      if (input.kind !== 'archive') throw new Error('a machine fetches nothing that is local')
      const original = files.find(({ name }) => input.uri.endsWith(name))?.bytes ?? new Uint8Array(0)
      if (/\.xml$/.test(input.path)) expect(input.original).toBeUndefined()
      else {
        expect(input.original).toMatchObject({ size: original.length, md5: md5(original) })
        expect(Buffer.from(applyChanges(original, input.original?.changes ?? []))).toEqual(Buffer.from(made.engine.staged.get(input.path) ?? []))
      }
    }
  })

  it('an .e2e file is refused before anything is asked of the cloud', async () => {
    const made = inCloud()
    put(made, [{ name: `${marker}.e2e`, bytes: writeE2e(smallE2e()) }])
    const { runs } = await made.runs.start({ ...start, place: 'cloud', refs: [ref('1')] })
    expect(await done(made, runs[0] ?? '')).toMatchObject({ state: 'failed', message: expect.stringContaining('no container may see') })
    expect(made.refs).toEqual([])
  })
})
