/**
 * The fuzzer: `npm run test:fuzz [-- --short] [--format vol,e2e,heyex-xml,dicom] [--seed N] [--count N] [--verbose]`.
 * Every mutant is one of a format's good files, damaged by its number. It must end in a scan that holds what it says or in a refusal that a person
 * can act on, within bounds on reads, bytes and memory that do not depend on the machine (`judge.ts`).
 */
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import {
  type Failure,
  type FormatName,
  type FuzzOptions,
  formatNames,
  fullCount,
  parseOptions,
  type Report,
  shortCount,
  type Tally,
  type Task,
} from './options.ts'

/** MB of JavaScript objects a reading thread may hold. */
const heapMegabytes = 512
/** ms without the next file after which a thread is taken to hang; every bound on work is counted, not timed. */
const patience = 180_000

/** A format's mutants from `seed` on. A thread that dies or hangs fails its mutant; another goes on with the next. */
async function fuzzFormat(format: FormatName, options: FuzzOptions): Promise<Report> {
  const whole: Report = { tally: emptyTally(format), failures: [], lines: [] }
  const end = options.seed + options.count
  let seed = options.seed
  while (seed < end) {
    const progress = newProgress()
    const report = await inThread({ format, seed, count: end - seed, verbose: options.verbose, progress })
    if (typeof report !== 'string') {
      add(whole, report)
      break
    }
    const reached = Math.max(seed, Atomics.load(progress, 0))
    // The thread took the counts of those before with it; they are read again, in a new one.
    if (reached > seed) {
      const before = await inThread({
        format,
        seed,
        count: reached - seed,
        verbose: options.verbose,
        progress: newProgress(),
      })
      if (typeof before !== 'string') add(whole, before)
    }
    whole.tally.mutants++
    whole.tally.failed++
    whole.failures.push({ format, seed: reached, why: report, alike: 1 })
    if (Atomics.load(progress, 0) === 0) break
    seed = reached + 1
  }
  return whole
}

const newProgress = () => new Int32Array(new SharedArrayBuffer(8))

/** A thread does not inherit the loader of TypeScript. */
const loadWorker = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)}) })`

/** A report, or why there is none. */
function inThread(task: Task): Promise<Report | string> {
  return new Promise((resolve) => {
    const worker = new Worker(loadWorker, {
      eval: true,
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    })
    let last = 0
    const watch = setInterval(() => {
      const now = Atomics.load(task.progress, 1)
      if (now === last) finish(`no end after ${patience / 1000} s`)
      last = now
    }, patience)
    let ended = false
    const finish = (result: Report | string) => {
      // Ending the thread is an exit, too.
      if (ended) return
      ended = true
      clearInterval(watch)
      void worker.terminate().then(() => resolve(result))
    }
    worker.once('message', (report: Report) => finish(report))
    worker.once('error', (error: Error) => finish(`the reading thread ended: ${error.message}`))
    worker.once('exit', (code) => finish(`the reading thread ended with ${code}`))
  })
}

function emptyTally(format: FormatName): Tally {
  return { format, mutants: 0, scans: 0, refused: 0, failed: 0, allocated: 0, grown: 0, read: 0 }
}

function add(whole: Report, part: Report): void {
  const { tally } = whole
  for (const key of ['mutants', 'scans', 'refused', 'failed'] as const) tally[key] += part.tally[key]
  for (const key of ['allocated', 'grown', 'read'] as const) tally[key] = Math.max(tally[key], part.tally[key])
  whole.failures.push(...part.failures)
  whole.lines.push(...part.lines)
}

/** Runs and prints a table. `passed` counts mutants that ended as they must; a bad fixture fails as one more. */
export async function runFuzz(options: FuzzOptions): Promise<{ passed: number; failed: number }> {
  if (options.count < fullCount) console.log(`short: ${options.count.toLocaleString('en')} of ${fullCount.toLocaleString('en')} mutants per format`)
  const failures: Failure[] = []
  let passed = 0
  let failed = 0
  console.log(row(['format', 'mutants', 'scans', 'refused', 'failed', 'memory', 'wasm', 'read']))
  for (const format of options.formats) {
    const { tally, failures: told, lines } = await fuzzFormat(format, options)
    for (const line of lines) console.log(line)
    passed += tally.scans + tally.refused
    failed += tally.failed + told.filter(({ seed }) => seed === 0).length
    failures.push(...told)
    const counts = [tally.mutants, tally.scans, tally.refused, tally.failed].map((count) => count.toLocaleString('en'))
    console.log(row([format, ...counts, megabytes(tally.allocated), megabytes(tally.grown), `${tally.read.toFixed(2)} x`]))
  }
  console.log(
    'memory: most bytes asked for beyond the file (held at once, where that is over 64 MiB); wasm: most growth of a decoder; read: most metadata read, of the file',
  )
  for (const { format, seed, why, alike } of failures) {
    console.log(`FAILED ${format} ${seed}${alike > 1 ? ` and ${alike - 1} alike` : ''}: ${why}`)
    if (seed > 0) console.log(`       again: npm run test:fuzz -- --format ${format} --seed ${seed} --count 1`)
  }
  return { passed, failed }
}

const row = (cells: string[]) => cells.map((cell, i) => (i === 0 ? cell.padEnd(10) : cell.padStart(10))).join('')
const megabytes = (bytes: number) => `${(Math.max(0, bytes) / 1e6).toFixed(1)} MB`

/** The short form, for `npm test`. */
export function runFuzzSuite(): Promise<{ passed: number; failed: number }> {
  return runFuzz({ formats: formatNames, seed: 1, count: shortCount, verbose: false })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { passed, failed } = await runFuzz(parseOptions(process.argv.slice(2)))
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}
