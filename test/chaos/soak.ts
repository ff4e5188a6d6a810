/** `npm run test:soak [-- --runs N] [--seed N] [--built]`: 500 runs of one second, 8 at once, with faults. Part 7 of the chaos suite, made long. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' }, built: { type: 'boolean', default: false } },
})
const args = ['tsx', join(import.meta.dirname, 'run.ts'), '--part', '7', '--seed', values.seed, ...(values.built ? ['--built'] : [])]
const env = { ...process.env, SCANSIDE_SOAK_RUNS: values.runs, SCANSIDE_SOAK_SEED: values.seed }
process.exit(spawnSync('npx', args, { stdio: 'inherit', env }).status ?? 1)
