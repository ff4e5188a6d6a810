/** Reads one mutant after another, in a thread of its own: its memory is bounded, and whoever waits for it can end it. */
import { parentPort, workerData } from 'node:worker_threads'
import { countAllocations } from './allocations.ts'
import type { Fixture } from './mutate.ts'
import { type Failure, formatNames, type Report, type Task } from './options.ts'

// Before anything that may keep a constructor is loaded.
const allocations = countAllocations()
proveCounting()
const { bombs } = await import('./bombs.ts')
const { fixtures } = await import('./fixtures.ts')
const { judge: judgeFiles } = await import('./judge.ts')
const { mutant } = await import('./mutate.ts')
const { createNodeCodecs } = await import('../support/codecs.ts')

const { format, seed: first, count, verbose, progress } = workerData as Task
const good = await fixtures[format]()
const codecs = createNodeCodecs()
const report: Report = {
  tally: { format, mutants: 0, scans: 0, refused: 0, failed: 0, allocated: 0, grown: 0, read: 0 },
  failures: [],
  lines: [],
}
const { tally } = report
const judge = (files: Fixture) => {
  Atomics.add(progress, 1, 1)
  return judgeFiles(files, codecs, allocations)
}
const kinds = new Map<string, Failure>()

// The files must be good before damage tells anything; this also loads every decoder, whose first memory is not a mutant's.
for (const fixture of good) {
  const { end, why } = await judge(fixture)
  if (end === 'scan' && !/changed/.test(why)) continue
  report.failures.push({ format, seed: 0, why: `the undamaged file "${fixture.name}": ${why}`, alike: 1 })
}
for (const bomb of bombs[format](good)) {
  const { end, why, allocated } = await judge(bomb)
  tally.allocated = Math.max(tally.allocated, allocated)
  if (end === 'failed') report.failures.push({ format, seed: 0, why: `the swollen file "${bomb.name}": ${why}`, alike: 1 })
  if (verbose) report.lines.push(`${format} (${bomb.name}): ${end}: ${why} ${allocated}`)
}
for (let seed = first; seed < first + count; seed++) {
  Atomics.store(progress, 0, seed)
  const damaged = mutant(good, seed * formatNames.length + formatNames.indexOf(format))
  const { end, why, allocated, grown, read } = await judge(damaged)
  tally.mutants++
  if (end === 'scan') tally.scans++
  if (end === 'refused') tally.refused++
  if (end === 'failed') tally.failed++
  tally.allocated = Math.max(tally.allocated, allocated)
  tally.grown = Math.max(tally.grown, grown)
  tally.read = Math.max(tally.read, read)
  if (end === 'failed') fail(seed, `${damaged.name}: ${why}`, why)
  if (verbose)
    report.lines.push(`${format} ${seed} (${damaged.name}, ${damaged.files.map(({ bytes }) => bytes.byteLength).join(' + ')} bytes): ${end}: ${why}`)
}
parentPort?.postMessage(report)

/** Told once for every way of failing: the same words, whatever numbers they hold. */
function fail(seed: number, told: string, why: string): void {
  const kind = why.replaceAll(/\d+|".*"/g, '#')
  const known = kinds.get(kind)
  if (known !== undefined) {
    known.alike++
    return
  }
  const failure = { format, seed, why: told, alike: 1 }
  kinds.set(kind, failure)
  report.failures.push(failure)
}

/** A bound that counts nothing would hold for everything. */
function proveCounting(): void {
  const asked = [
    () => new ArrayBuffer(1000),
    () => new Uint8Array(1000),
    () => new Float64Array(125),
    () => Uint8Array.from({ length: 1000 }, () => 1),
    () => new Uint8Array(new Array<number>(1000).fill(1)),
    () => new Uint16Array(500).subarray(1),
  ]
  for (const ask of asked) {
    allocations.reset()
    const array = ask()
    if (allocations.bytes() !== 1000) throw new Error(`counted ${allocations.bytes()} of 1000 bytes of a ${array.constructor.name}`)
  }
  const array = new Float32Array(250)
  allocations.reset()
  array.slice()
  array.map((value) => value)
  if (allocations.bytes() !== 2000) throw new Error(`counted ${allocations.bytes()} of 2000 bytes of copies`)
  new Float32Array(array.buffer)
  if (allocations.bytes() !== 2000) throw new Error('counted a view')
  allocations.weigh(true)
  allocations.reset()
  const mebi = 1_048_576
  const kept = [1, 2, 3].map(() => new Uint8Array(4 * mebi))
  for (let i = 0; i < 10; i++) new Uint8Array(4 * mebi)
  const heaviest = allocations.heaviest() ?? 0
  allocations.weigh(false)
  // The last of those that are thrown away is weighed with those that are kept.
  if (kept.length !== 3 || heaviest < 12 * mebi || heaviest > 20 * mebi) throw new Error(`weighed ${heaviest} of 16 MiB`)
}
