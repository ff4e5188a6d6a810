import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { resultsSchema } from '../../../oct/results.ts'
import { synthesise } from '../../../oct/synth/index.ts'
import { commonContract } from '../../../test/engine/common.ts'
import type { Engine, InputRef, RunSpec } from '../engine.ts'
import { builtWorker } from './built-worker.fixture.ts'
import { createBuiltinEngine } from './engine.ts'
import { createJudging } from './judges.ts'
import type { Judging, SetFinder } from './judging.ts'

const never = new AbortController().signal
const ring = synthesise({ pattern: 'ring', laterality: 'OD', seed: 1, width: 96, height: 128 })

let folder = ''
let judging: Judging & SetFinder
let engine: Engine
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-builtin-'))
  judging = createJudging({ worker: await builtWorker(folder) })
  engine = createBuiltinEngine({ judging, version: '1.2.3', now: () => new Date(), mostBytes: 10_000_000 })
})
afterEach(async () => expect(await engine.reap()).toEqual({ items: [], complete: true, owed: [] }))
afterAll(async () => {
  await judging.close()
  await rm(folder, { recursive: true, force: true })
})

const spec = (more: Partial<RunSpec> = {}): RunSpec => ({
  runId: randomUUID(),
  imageId: 'builtin',
  argv: ['/node', '/app.mjs', '--series=true', '--profile=oscar-ib-2'],
  env: {},
  workingDir: null,
  mounts: [
    { name: 'in', path: '/input', writable: false },
    { name: 'out', path: '/output', writable: true },
  ],
  limits: { memoryBytes: 1e9, cpus: 1, pids: 9, deadlineMs: 60_000, outputBytes: 1e6, outputFiles: 9, outputDepth: 3, logBytes: 1e4 },
  ...more,
})
const local = (path: string, bytes: Uint8Array, more: Partial<InputRef> = {}): InputRef =>
  ({ kind: 'local', path, size: bytes.length, read: async () => Readable.from([Buffer.from(bytes)]), ...more }) as InputRef
const into = (...refs: InputRef[]) => refs.map((ref) => ({ mount: 'in', ref }))

async function ran(inputs: InputRef[], more: Partial<RunSpec> = {}) {
  const workspace = await engine.open(spec(more))
  await workspace.stage(into(...inputs), never, () => {})
  const lines: string[] = []
  await workspace.start(never, ({ stream, text }) => lines.push(`${stream}: ${text}`))
  return { workspace, lines, exit: await workspace.wait(never) }
}

describe('the built-in engine, by the contract of engines', () => {
  const hanging: Judging & SetFinder = {
    judge: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended')), { once: true })),
    sets: async () => [[0]],
    close: async () => {},
  }
  const stuck = createBuiltinEngine({ judging: hanging, version: '1.2.3', now: () => new Date() })
  let current: Engine | null = null
  commonContract({
    engine: () => current ?? engine,
    short: () => {
      current = engine
      return spec()
    },
    endless: () => {
      current = stuck
      return spec()
    },
    input: ring,
  })
})

describe('the built-in engine', () => {
  it('judges, tells how far it is, and lets go of what it held', async () => {
    const { workspace, lines, exit } = await ran([
      local('SCANS/1/VOL/scan-0b8f4b52-8d5e-4d24-9a53-6c1d8a1f9b11.vol', ring),
      local('SCANS/2/VOL/scan-1b8f4b52-8d5e-4d24-9a53-6c1d8a1f9b11.vol', ring.subarray(0, 3000)),
    ])
    expect(exit).toEqual({ exitCode: 0, outOfMemory: false, timedOut: false })
    const [output, ...others] = await workspace.collect('out', never)
    expect(others).toEqual([])
    expect(output).toMatchObject({ path: 'results.json', size: output?.bytes.length })
    expect(output?.sha256).toBe(
      createHash('sha256')
        .update(output?.bytes ?? '')
        .digest('hex'),
    )
    const results = resultsSchema.parse(JSON.parse(Buffer.from(output?.bytes ?? []).toString()))
    expect(results.scans.map(({ inputs }) => inputs[0]?.name.slice(0, 6))).toEqual(['scan-0', 'scan-1'])
    expect(results.scans.map(({ error }) => error === undefined)).toEqual([true, false])
    expect(lines.filter((line) => line.includes('progress'))).toEqual(['stdout: progress 1/2', 'stdout: progress 2/2'])
    const report = await workspace.wipe()
    expect(report).toMatchObject({ complete: true, owed: [] })
    expect(report.items.map(({ name }) => name)).toEqual([expect.stringContaining('2 input files'), expect.stringContaining('results.json')])
    for (const { check, removedAt } of report.items)
      expect([check, removedAt]).toEqual([expect.stringContaining('in memory alone'), expect.any(String)])
    expect(await workspace.collect('out', never)).toEqual([])
  })

  it('ends with 2 and a sentence where there is nothing to judge', async () => {
    const { exit, lines, workspace } = await ran([local('notes.txt', Buffer.from('hello'))])
    expect([exit.exitCode, lines]).toEqual([2, [expect.stringContaining('stderr: There is no OCT scan among the 1 files')]])
    expect(await workspace.collect('out', never)).toEqual([])
    expect(await workspace.wipe()).toMatchObject({ complete: true })
  })

  it('refuses more than it can hold, by a sentence', async () => {
    const workspace = await engine.open(spec())
    const refs = [local('a.vol', ring), { ...local('b.vol', ring), size: 10_000_000 }]
    await expect(workspace.stage(into(...refs), never, () => {})).rejects.toMatchObject({
      code: 'not-supported',
      message: expect.stringMatching(/more than the 10\.0 MB.*fewer scans/),
    })
    expect(await workspace.wipe()).toMatchObject({ items: [], complete: true })
  })

  it('refuses arguments it does not know before anything is taken in', async () => {
    const workspace = await engine.open(spec({ argv: ['/node', '/app.mjs', '--profile=other'] }))
    await expect(workspace.stage(into(local('a.vol', ring)), never, () => {})).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('refuses results larger than a run may hand out', async () => {
    const limits = { ...spec().limits, outputBytes: 100 }
    const { workspace } = await ran([local('a.vol', ring)], { limits })
    await expect(workspace.collect('out', never)).rejects.toMatchObject({ code: 'output-refused' })
  })
})
