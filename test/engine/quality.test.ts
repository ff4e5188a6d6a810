/** The image and the built-in engine say the same, byte for byte. */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildImage } from '../../images/oct-quality/image.ts'
import { builtWorker } from '../../main/engines/builtin/built-worker.fixture.ts'
import { createBuiltinEngine } from '../../main/engines/builtin/engine.ts'
import { createJudging } from '../../main/engines/builtin/judges.ts'
import type { Engine, InputRef, RunSpec } from '../../main/engines/engine.ts'
import { profileArguments } from '../../oct/quality/collection.ts'
import { parseProfile } from '../../oct/quality/judge.ts'
import { resultsSchema } from '../../oct/results.ts'
import { twentyScans } from '../support/twenty-scans.ts'
import { openTestEngine } from './test-engine.ts'

const never = new AbortController().signal
const megabyte = 1024 * 1024

const spec = (imageId: string, more: string[] = []): RunSpec => ({
  runId: randomUUID(),
  imageId,
  argv: ['/node', '/app.mjs', '--series=true', ...more],
  env: {},
  workingDir: null,
  mounts: [
    { name: 'input', path: '/input', writable: false },
    { name: 'output', path: '/output', writable: true },
  ],
  limits: {
    memoryBytes: 512 * megabyte,
    cpus: 1,
    pids: 64,
    deadlineMs: 120_000,
    outputBytes: 32 * megabyte,
    outputFiles: 10,
    outputDepth: 2,
    logBytes: 100_000,
  },
})

let folder = ''
let judging: ReturnType<typeof createJudging>
let inputs: { mount: string; ref: InputRef }[] = []
let imageId = ''
const { engine: container } = openTestEngine(process.env.SCANSIDE_ENGINE ?? '')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-same-'))
  judging = createJudging({ worker: await builtWorker(folder) })
  const { path } = await buildImage(join('out', 'images'))
  imageId = (await container.images.load(createReadStream(path), never, () => {})).id
  inputs = (await twentyScans()).flatMap((scan, index) =>
    scan.files.map(({ name, bytes }) => ({
      mount: 'input',
      ref: {
        kind: 'local' as const,
        path: `SCANS/${index + 1}/OCT/${name}`,
        size: bytes.length,
        read: async () => Readable.from([Buffer.from(bytes)], { objectMode: false }),
      },
    })),
  )
}, 180_000)
afterAll(async () => {
  await judging.close()
  await rm(folder, { recursive: true, force: true })
})

async function judgedBy(engine: Engine, image: string, more: string[] = []): Promise<string> {
  const workspace = await engine.open(spec(image, more))
  try {
    await workspace.stage(inputs, never, () => {})
    const said: string[] = []
    await workspace.start(never, ({ text }) => said.push(text))
    const exit = await workspace.wait(never)
    expect(exit, said.join('\n')).toMatchObject({ exitCode: 0 })
    const [output] = await workspace.collect('output', never)
    return Buffer.from(output?.bytes ?? []).toString('utf8')
  } finally {
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  }
}

it('judges twenty scans of every format alike, by the default profile and by a project’s own', async () => {
  const own = profileArguments(parseProfile({ name: 'own-1', title: 'Größe', limits: { 'S.snr': { warn: 40, fail: 30 } } }))
  for (const [more, profile] of [
    [[], 'oscar-ib-2'],
    [own, 'own-1'],
  ] as const) {
    const here = createBuiltinEngine({ judging, version: '0.0.0', now: () => new Date() })
    const there = await judgedBy(container, imageId, [...more])
    expect(await judgedBy(here, 'builtin', [...more])).toBe(there)
    const results = resultsSchema.parse(JSON.parse(there))
    expect(results.pipeline.profile).toBe(profile)
    expect(results.scans).toHaveLength(20)
    expect(results.scans.filter(({ error }) => error)).toEqual([])
  }
}, 180_000)
