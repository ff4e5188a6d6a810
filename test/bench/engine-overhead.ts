/**
 * `npm run bench`: what the engine adds around a container that does nothing (create, stage, start, collect, wipe), as a ratio to
 * `docker run --rm` of the same image with the same flags, in turns, median of 10; then ten at once against `xargs -P10`.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { RunSpec } from '../../main/engines/engine.ts'
import { busyboxStream, testImageName } from '../engine/busybox-image.ts'
import { openTestEngine } from '../engine/test-engine.ts'

const rounds = 10
const targets = { one: 1.3, ten: 1.2 }
const megabyte = 1024 * 1024

const limits: RunSpec['limits'] = {
  memoryBytes: 64 * megabyte,
  cpus: 1,
  pids: 128,
  deadlineMs: 60_000,
  outputBytes: megabyte,
  outputFiles: 10,
  outputDepth: 4,
  logBytes: 100_000,
}

/** The engine's own flags, as the docker CLI takes them. */
const flags = [
  '--rm',
  '--network=none',
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--user=65534:65534',
  `--memory=${limits.memoryBytes}`,
  `--memory-swap=${limits.memoryBytes}`,
  `--cpus=${limits.cpus}`,
  `--pids-limit=${limits.pids}`,
  '--init',
  '--ipc=private',
  '--tmpfs=/tmp:rw,noexec,nosuid,nodev,size=134217728',
  '--log-driver=local',
  '--log-opt=max-size=10m',
  '--log-opt=max-file=1',
  '--log-opt=compress=false',
]

const run = (command: string, args: string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    child.once('error', (fault) => reject(new Error(`${command} cannot be run: ${fault.message}. The bench needs the docker CLI and xargs.`)))
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))))
  })

const dockerRun = (): Promise<void> => run('docker', ['run', ...flags, testImageName, '/bin/busybox', 'true'])

const dockerTen = (): Promise<void> => run('sh', ['-c', `seq 10 | xargs -P10 -I{} docker run ${flags.join(' ')} ${testImageName} /bin/busybox true`])

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await work()
  return performance.now() - before
}

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

const engine = openTestEngine('unix:///var/run/docker.sock').engine
const never = new AbortController().signal
const image = await engine.images.load(await busyboxStream({ labels: { 'org.nrg.commands': '[]' } }), never, () => {})
const steps = new Map<string, number[]>()

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = performance.now()
  const value = await work()
  steps.set(name, [...(steps.get(name) ?? []), performance.now() - before])
  return value
}

async function engineRun(): Promise<void> {
  const workspace = await engine.open({
    runId: randomUUID(),
    imageId: image.id,
    argv: ['/bin/busybox', 'true'],
    env: {},
    workingDir: null,
    mounts: [
      { name: 'input', path: '/input', writable: false },
      { name: 'output', path: '/output', writable: true },
    ],
    limits,
  })
  await step('stage', () => workspace.stage([], never, () => {}))
  await step('start', () => workspace.start(never, () => {}))
  const exit = await step('wait', () => workspace.wait(never))
  if (exit.exitCode !== 0) throw new Error(`the container ended with ${exit.exitCode}`)
  await step('collect', () => workspace.collect('output', never))
  const report = await step('wipe', () => workspace.wipe())
  if (!report.complete) throw new Error(report.owed.join(' '))
}

const engineTen = (): Promise<unknown> => Promise.all(Array.from({ length: 10 }, engineRun))

async function compare(ours: () => Promise<unknown>, theirs: () => Promise<unknown>, times: number) {
  const mine: number[] = []
  const base: number[] = []
  for (let i = 0; i < times; i += 1) {
    base.push(await timed(theirs))
    mine.push(await timed(ours))
  }
  return { engine: median(mine), docker: median(base) }
}

const row = (name: string, found: { engine: number; docker: number }, target: number): string =>
  [
    name.padEnd(14),
    found.docker.toFixed(0).padStart(12),
    found.engine.toFixed(0).padStart(12),
    (found.engine / found.docker).toFixed(2).padStart(8),
    target.toFixed(1).padStart(8),
  ].join('')

// Warm: the first of each pays for caches neither should be judged by.
await dockerRun()
await engineRun()
steps.clear()
const one = await compare(engineRun, dockerRun, rounds)
const parts = [...steps].map(([name, values]) => `${name} ${median(values).toFixed(0)}`).join(', ')
const ten = await compare(engineTen, dockerTen, rounds)

console.log(`\n${''.padEnd(14)}${'docker ms'.padStart(12)}${'Scanside ms'.padStart(12)}${'ratio'.padStart(8)}${'goal'.padStart(8)}`)
console.log(row('one', one, targets.one))
console.log(row('ten at once', ten, targets.ten))
console.log(`\none, step by step (ms): ${parts}`)
