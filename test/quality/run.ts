/**
 * Detection of generated faults: `npm run test:quality [-- --short] [--fault light,tilt] [--faulty N] [--good N] [--real N] [--verbose]`.
 * Faults of a known size are made in generated scans, and by a second degrader in real ones; what the judge says of them is counted. These are not
 * properties of the judge on patients' scans.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { realFaults } from './degrade-real.ts'
import { generatedItems, type Item, type Outcome, parseOptions, type RunOptions, shortOptions, type Task } from './options.ts'
import { countRows, decidedAgainst, detectionTable, missesOf, monotone, nameOf, toldAsFolded, verdictTable } from './report.ts'
import { type Fault, faults, passMark, severities } from './severities.ts'
import { proveWilson } from './statistics.ts'

const realFiles = [
  { file: 'oct/ring-od.vol', pattern: 'ring' },
  { file: 'oct/line-od.vol', pattern: 'line' },
]

/** A thread does not inherit the loader of TypeScript. */
const loadWorker = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)}) })`

function inThread(task: Task, onOutcome: (outcome: Outcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(loadWorker, { eval: true, workerData: task })
    worker.on('message', (outcome: Outcome) => {
      try {
        onOutcome(outcome)
      } catch (error) {
        void worker.terminate().then(() => reject(error))
      }
    })
    worker.once('error', reject)
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a judging thread ended with ${code}`))))
  })
}

/** With so many scans in a row that cannot be judged, the rest will not be either. */
const hopeless = 24

/** Judges all, in the order given. Scans of one number stay in one thread, where their recording is kept. */
async function judgeAll(items: Item[], threads: number, realFolder: string | null): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let told = 0
  const onOutcome = (outcome: Outcome) => {
    outcomes.push(outcome)
    if (outcomes.length === hopeless && outcomes.every(({ error }) => error !== undefined)) throw new Error(`nothing can be judged: ${outcome.error}`)
    if (process.stderr.isTTY && outcomes.length >= told + 50) {
      told = outcomes.length
      process.stderr.write(`\r${told} of ${items.length} `)
    }
  }
  const shares = Array.from({ length: threads }, (_, thread) => items.filter(({ seed }) => seed % threads === thread))
  await Promise.all(shares.filter((share) => share.length > 0).map((share) => inThread({ items: share, realFolder }, onOutcome)))
  const at = new Map(items.map((item, index) => [JSON.stringify(item), index]))
  return outcomes.sort((a, b) => (at.get(JSON.stringify(a.item)) ?? 0) - (at.get(JSON.stringify(b.item)) ?? 0))
}

function realItems(options: RunOptions): Item[] {
  const items: Item[] = []
  for (const { file, pattern } of realFiles) {
    items.push({ from: 'real-good', file, seed: 0 })
    for (let seed = 0; seed < options.real; seed++)
      for (const fault of realFaults(pattern).filter((each) => options.faults.includes(each)))
        for (const severity of severities)
          if ((faults[fault] as Fault)[severity] !== undefined && (severity === 'clear' || (seed < 3 && !options.short)))
            items.push({ from: 'real', file, seed, fault, severity })
  }
  return items
}

/** One mark: told, and counted. */
interface Mark {
  what: string
  met: boolean
}

/** Runs, prints the tables, and counts marks: one per fault at clear severity and origin, one for each property that must hold. */
export async function runQuality(options: RunOptions): Promise<{ passed: number; failed: number }> {
  proveWilson()
  const folder = process.env.SCANSIDE_TEST_DATA
  const marks: Mark[] = []
  const items = generatedItems(options)
  if (folder) {
    const absent = realFiles.filter(({ file }) => !existsSync(join(folder, file)))
    for (const { file } of absent) marks.push({ what: `${file} is where SCANSIDE_TEST_DATA says`, met: false })
    if (absent.length === 0) items.push(...realItems(options))
  }
  const whole = generatedItems({ ...parseOptions([]), faults: options.faults }).length
  const generated = items.filter(({ from }) => from === 'good' || from === 'faulty').length
  if (generated < whole) console.log(`short: ${generated.toLocaleString('en')} of ${whole.toLocaleString('en')} generated scans`)
  const outcomes = await judgeAll(items, options.threads, folder ?? null)

  console.log('\nDetection of generated faults (detected: the criterion warns or fails; good scans: how often it does so without the fault)\n')
  console.log(detectionTable(outcomes, 'faulty'))
  console.log(
    `\n${verdictTable(outcomes)}\n\nambiguous by: ${decidedAgainst(outcomes, 'ambiguous')}\nunusable by: ${decidedAgainst(outcomes, 'unusable')}`,
  )
  if (outcomes.some(({ item }) => item.from === 'real')) {
    console.log('\nThe same on real scans, by the second degrader (variants of two scans: their intervals say less than they seem to)\n')
    console.log(detectionTable(outcomes, 'real'))
  }
  const folded = toldAsFolded(outcomes)
  if (folded) console.log(`\n${folded}`)
  if (!folder) console.log('\n!!! The second degrader and the real scans were NOT RUN: SCANSIDE_TEST_DATA is not set.')

  for (const from of ['faulty', 'real'] as const)
    for (const { fault, severity, n, detected } of countRows(outcomes, from))
      if (severity === 'clear')
        marks.push({
          what: `${from === 'real' ? 'real' : 'generated'} ${fault}: ${detected} of ${n} at clear severity`,
          met: detected / n >= passMark,
        })
  const good = outcomes.filter(({ item }) => item.from === 'good')
  const unusable = good.filter(({ verdict }) => verdict === 'unusable' || verdict === 'unknown')
  marks.push({ what: `${unusable.length} of ${good.length} good scans unusable or not judged`, met: unusable.length === 0 })
  for (const each of outcomes)
    if (each.item.from === 'real-good')
      marks.push({ what: `${each.item.file} as it is: ${each.verdict} ${each.decidedBy.join(', ')}`, met: each.verdict === 'usable' })
  const { pairs, broken } = monotone(outcomes)
  marks.push({ what: `${broken.length} of ${pairs} pairs in which a worse fault made a criterion better`, met: broken.length === 0 })
  const errors = outcomes.filter(({ error }) => error !== undefined)
  marks.push({ what: `${errors.length} of ${outcomes.length} scans could not be judged`, met: errors.length === 0 })

  console.log(`\n${pairs} pairs of the same fault and scan, one worse than the other: ${broken.length} broken`)
  for (const line of broken.slice(0, options.verbose ? broken.length : 12)) console.log(`  ${line}`)
  for (const { item, error } of errors.slice(0, options.verbose ? errors.length : 3)) console.log(`  not judged: ${nameOf(item)}: ${error}`)
  for (const miss of missesOf(outcomes)) console.log(`missed: ${miss}`)
  for (const each of unusable.slice(0, 10)) console.log(`good but ${each.verdict}: ${nameOf(each.item)}: ${each.decidedBy.join(', ')}`)
  for (const { what, met } of marks) if (!met) console.log(`FAILED ${what}`)
  return { passed: marks.filter(({ met }) => met).length, failed: marks.filter(({ met }) => !met).length }
}

/** The short form, for `npm test`: it says that the machinery and most criteria work, the full form how well. */
export const runQualitySuite = (): Promise<{ passed: number; failed: number }> => runQuality(shortOptions)

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { passed, failed } = await runQuality(parseOptions(process.argv.slice(2)))
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}
