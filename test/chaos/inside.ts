/** The parts, one after the other, within a session that has a keyring; everything they started ends with it. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endAll } from './ending.ts'
import type { ChaosCase, ChaosPart } from './part.ts'
import { evenly } from './random.ts'
import { alone, type Failure, type PartOutcome, tableOf } from './table.ts'

export interface Chosen {
  parts: number[]
  short: boolean
  seed: number
  /** The one case to run, or `beginning*`; empty for all. */
  only: string
  /** Where the counts go, as JSON; empty for nowhere. */
  report: string
}

/** No case takes as long, also on a machine that does much else. */
const patienceMs = 300_000

const messageOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

async function partOf(number: number): Promise<ChaosPart> {
  const file = join(import.meta.dirname, `part${number}.ts`)
  if (!existsSync(file)) throw new Error(`There is no part ${number}.`)
  return ((await import(file)) as { part: ChaosPart }).part
}

async function inTime(one: ChaosCase): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = one.patienceMs ?? patienceMs
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not end within ${patience / 1000} s.`)), patience)
  })
  try {
    await Promise.race([one.run(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** `only` may end with `*`: all whose names begin so. */
const isMeant = (name: string, only: string) => (only.endsWith('*') ? name.startsWith(only.slice(0, -1)) : name === only)

async function runPart(part: ChaosPart, { short, seed, only }: Chosen): Promise<PartOutcome> {
  const begun = Date.now()
  const failures: Failure[] = []
  const fail = (name: string, error: unknown) => {
    failures.push({ name, message: messageOf(error) })
    console.log(`FAILED part ${part.number}, ${name}: ${messageOf(error)}\n  alone: ${alone(part.number, seed, name)}`)
  }
  let all: ChaosCase[] = []
  let chosen: ChaosCase[] = []
  let figures = ''
  try {
    await part.open?.()
    all = await part.cases()
    const named = all.filter(({ name }) => isMeant(name.replaceAll("'", ''), only))
    if (only !== '' && named.length === 0) throw new Error(`There is no case '${only}'. There are:\n${all.map(({ name }) => name).join('\n')}`)
    chosen = only !== '' ? named : short ? evenly(all, part.short, seed) : all
    console.log(short ? `short: ${chosen.length} of ${all.length}` : `${only === '' ? 'whole' : 'chosen'}: ${chosen.length} of ${all.length}`)
    for (const [index, one] of chosen.entries()) {
      const from = Date.now()
      try {
        await inTime(one)
        console.log(`  ${part.number}.${index + 1}  ${one.name} (${((Date.now() - from) / 1000).toFixed(1)} s)`)
      } catch (error) {
        fail(one.name, error)
      }
    }
  } catch (error) {
    console.log(`!!! part ${part.number} DID NOT RUN`)
    fail('the part itself', error)
  }
  try {
    figures = (await part.close?.()) ?? ''
  } catch (error) {
    fail('its end', error)
  }
  return { part, all: all.length, run: chosen.length, failures, figures, seconds: (Date.now() - begun) / 1000 }
}

/** Runs them and prints the table. Answers the exit code. */
export async function runInside(chosen: Chosen): Promise<number> {
  const outcomes: PartOutcome[] = []
  // Whoever started this is gone, or wants it to end.
  process.stdin.once('end', () => {
    console.log('\nBroken off: ending what was started …')
    void endAll().then(() => process.exit(1))
  })
  process.stdin.resume()
  for (const number of chosen.parts) {
    const nameless = { number: number as ChaosPart['number'], title: 'missing' }
    const part = await partOf(number).catch((error: unknown) => messageOf(error))
    if (typeof part === 'string') {
      console.log(`!!! ${part}`)
      outcomes.push({ part: nameless, all: 0, run: 0, failures: [{ name: 'the part itself', message: part }], figures: '', seconds: 0 })
      continue
    }
    console.log(`\n--- part ${part.number}: ${part.title}`)
    outcomes.push(await runPart(part, chosen))
  }
  await endAll()
  const failed = outcomes.flatMap(({ part, failures }) => failures.map(({ name, message }) => ({ part: part.number, name, message })))
  console.log(`\n${tableOf(outcomes)}\n`)
  for (const { part, name, message } of failed)
    console.log(`FAILED part ${part}, ${name}: ${message.split('\n')[0]}\n  alone: ${alone(part, chosen.seed, name)}`)
  const passed = outcomes.reduce((sum, { run, failures }) => sum + Math.max(0, run - failures.length), 0)
  console.log(`${passed} passed, ${failed.length} failed (seed ${chosen.seed})`)
  if (chosen.report !== '') writeFileSync(chosen.report, JSON.stringify({ passed, failed: failed.length }))
  return failed.length > 0 || passed === 0 ? 1 : 0
}
