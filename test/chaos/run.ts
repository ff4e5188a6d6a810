/**
 * `npm run test:chaos [-- --part 1,2] [--short] [--seed N] [--case NAME]`: every misfortune there is a case for, and one table at the end.
 * It fails on any loss. `--built`: the application is built and the machine prepared already.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chaosNeeds } from '../../scripts/chaos-needs.ts'
import { withKeyring } from '../../scripts/keyring-session.ts'
import { prepareMachine } from '../../scripts/machine.ts'
import { type Chosen, runInside } from './inside.ts'

/** The seventh is the soak. */
const allParts = [1, 2, 3, 4, 5, 6, 7]

const root = join(import.meta.dirname, '..', '..')

/** Runs the parts in a process of their own with a keyring; ends it, and all that it started, when this one is told to end. */
async function runWithKeyring(args: string[]): Promise<number> {
  const command = ['npx', 'tsx', join(import.meta.dirname, 'run.ts'), '--inside', ...args].map((arg) => `'${arg}'`).join(' ')
  // In a group of its own: a Ctrl-C comes here alone, and is passed on by the end of its input.
  const child: ChildProcess = spawn('dbus-run-session', ['--', 'bash', '-c', withKeyring(command)], {
    cwd: root,
    stdio: ['pipe', 'inherit', 'inherit'],
    detached: true,
  })
  const end = () => child.stdin?.end()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', (status) => resolve(status ?? 1))
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, end)
  return code
}

/** For `npm test`: the machine is prepared and the application built. */
export async function runChaosSuite(short: boolean): Promise<{ passed: number; failed: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'scanside-chaos-'))
  const report = join(folder, 'report.json')
  try {
    await runWithKeyring([...(short ? ['--short'] : []), '--report', report])
    return JSON.parse(readFileSync(report, 'utf8')) as { passed: number; failed: number }
  } catch (error) {
    console.error(error)
    return { passed: 0, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      part: { type: 'string', default: allParts.join(',') },
      short: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      case: { type: 'string', default: '' },
      report: { type: 'string', default: '' },
      built: { type: 'boolean', default: false },
      inside: { type: 'boolean', default: false },
    },
  })
  if (values.inside) {
    const chosen: Chosen = {
      parts: values.part.split(',').map(Number),
      short: values.short,
      seed: Number(values.seed),
      only: values.case,
      report: values.report,
    }
    return runInside(chosen)
  }
  const machine = values.built ? null : await prepareMachine(new Set(chaosNeeds))
  try {
    for (const sentence of machine?.missing.values() ?? []) console.log(`!!! ${sentence}`)
    if (!values.built && spawnSync('npx', ['electron-vite', 'build', '--logLevel', 'warn'], { cwd: root, stdio: 'inherit' }).status !== 0) return 1
    return await runWithKeyring(process.argv.slice(2).filter((arg) => arg !== '--built'))
  } finally {
    await machine?.stop()
  }
}

if (process.argv[1] === import.meta.filename) process.exit(await main())
