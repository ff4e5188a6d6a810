/**
 * What the image runs: /input is judged, /output/results.json written. Exit 0: every scan found has an entry; 2: nothing to judge; 1: a fault.
 * With SCANSIDE_JOB it is its own courier instead: 0 where its end could be told.
 */
import { fileURLToPath } from 'node:url'
import { ScansideError } from '../../oct/errors.ts'
import { parseArguments } from '../../oct/quality/collection.ts'
import { courier } from './courier/courier.ts'
import { run } from './run.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const { SCANSIDE_JOB: job = '', SCANSIDE_CA: ca = '' } = process.env

if (job !== '') await carry()
else await judgeFolder()

async function carry(): Promise<void> {
  // The first process of a container hears no signal it does not ask for.
  process.once('SIGTERM', () => process.exit(143))
  try {
    const told = await courier({ job, ca, own: [process.execPath, fileURLToPath(import.meta.url)], say })
    process.exit(told ? 0 : 1)
  } catch {
    // Its text could hold an address.
    process.stderr.write('The job could not be read. Nothing was fetched and nothing was sent.\n')
    process.exit(1)
  }
}

async function judgeFolder(): Promise<void> {
  try {
    await run({
      // The courier and tests run the same entry on folders of their own.
      input: process.env.SCANSIDE_INPUT ?? '/input',
      output: process.env.SCANSIDE_OUTPUT ?? '/output',
      beside: new URL(import.meta.url),
      ...parseArguments(process.argv.slice(2)),
      say,
    })
  } catch (error) {
    process.stderr.write(`${sentence(error)}\n`)
    process.exitCode = error instanceof ScansideError ? 2 : 1
  }
}

/** Messages of system errors hold paths; only their code is told. */
function sentence(error: unknown): string {
  if (error instanceof ScansideError) return error.message
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return `The scans could not be judged${code}: /input must be readable and /output writable. Nothing was changed.`
}
