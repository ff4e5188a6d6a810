/** Containers that do not end in time, straight on the engine: a deadline of ten minutes would be long for a test. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { RunLimits } from '../../../main/engines/engine.ts'
import { defaultLimits } from '../../../main/pipelines/limits.ts'
import { busyboxStream } from '../../engine/busybox-image.ts'
import { openTestEngine } from '../../engine/test-engine.ts'
import type { ChaosCase } from '../part.ts'
import { machinesEngine } from './yard.ts'

const never = new AbortController().signal
export const lateImage = 'scanside-test/late:1'

/** Runs it to its end, wipes it, and answers how it ended. */
async function ran(script: string, limits: Partial<RunLimits>) {
  const { engine, debts } = openTestEngine(machinesEngine)
  const image = await engine.images.load(await busyboxStream({ name: lateImage, labels: { 'org.nrg.commands': '[]' } }), never, () => {})
  const workspace = await engine.open({
    runId: randomUUID(),
    imageId: image.id,
    argv: ['/bin/busybox', 'sh', '-c', script],
    env: {},
    workingDir: null,
    mounts: [
      { name: 'input', path: '/input', writable: false },
      { name: 'output', path: '/output', writable: true },
    ],
    limits: { ...defaultLimits, memoryBytes: 64 * 1024 * 1024, cpus: 1, pids: 64, deadlineMs: 1_500, ...limits },
  })
  try {
    const ref = { kind: 'local' as const, path: 'scan-1.vol', size: 4, read: async () => Readable.from([Buffer.from('scan')]) }
    await workspace.stage([{ mount: 'input', ref }], never, () => {})
    await workspace.start(never, () => {})
    return await workspace.wait(never)
  } finally {
    const { complete, owed } = await workspace.wipe()
    assert.deepEqual([complete, owed, debts.all], [true, [], []], 'left on the engine')
  }
}

const late: [string, string][] = [
  ['sleeps past its deadline', 'sleep 1000'],
  ['sleeps past its deadline and ignores SIGTERM', 'trap "" TERM INT HUP QUIT; while :; do sleep 1000; done'],
  ['forks without end past its deadline', 'trap "" TERM; f() { while :; do (sleep 60 &); done; }; f & f & while :; do sleep 1; done'],
  ['shouts without end past its deadline', 'trap "" TERM; yes'],
  ['stops itself past its deadline', 'kill -STOP $$; sleep 1000'],
]

export const deadlineCases = (): ChaosCase[] =>
  late.map(([about, script]) => ({
    name: `deadline: ${about}`,
    async run() {
      assert.equal((await ran(script, {})).timedOut, true)
    },
  }))
