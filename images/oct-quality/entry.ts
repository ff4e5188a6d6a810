/** What the image runs: /input is judged, /output/results.json written. Exit 0: every scan found has an entry; 2: nothing to judge; 1: a fault. */
import { ScansideError } from '../../oct/errors.ts'
import { parseArguments } from '../../oct/quality/collection.ts'
import { run } from './run.ts'

try {
  await run({
    // Beside the image the same entry is run by tests, on folders of their own.
    input: process.env.SCANSIDE_INPUT ?? '/input',
    output: process.env.SCANSIDE_OUTPUT ?? '/output',
    beside: new URL(import.meta.url),
    ...parseArguments(process.argv.slice(2)),
    say: (line) => process.stdout.write(`${line}\n`),
  })
} catch (error) {
  process.stderr.write(`${sentence(error)}\n`)
  process.exitCode = error instanceof ScansideError ? 2 : 1
}

/** Messages of system errors hold paths; only their code is told. */
function sentence(error: unknown): string {
  if (error instanceof ScansideError) return error.message
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
  return `The scans could not be judged${code}: /input must be readable and /output writable. Nothing was changed.`
}
