/** The engine suite: the contract against Docker, then against Podman, which is started here and ended here. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { busyboxPath } from './busybox-image.ts'

export interface SuiteOutcome {
  passed: number
  failed: number
}

/** Podman in a container or without systemd: cgroupfs and runc, and limits a container may have (reference: podman's containers.conf). */
const containersConf = `[containers]
default_ulimits = ["nofile=1024:1024","nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
`

/** True as soon as something accepts at the socket. */
async function answers(path: string, deadlineMs: number): Promise<boolean> {
  const end = Date.now() + deadlineMs
  while (Date.now() < end) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(path)
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

/** Runs the contract in a process of its own, so that its engine comes by the environment. */
async function contractOn(endpoint: string, folder: string): Promise<SuiteOutcome> {
  const report = join(folder, 'report.json')
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/engine/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, SCANSIDE_ENGINE: endpoint } })
    child.once('error', reject)
    child.once('exit', resolve)
  })
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(report, 'utf8')) as { numPassedTests: number; numFailedTests: number }
    // An error outside of any test leaves no failed test, but a code.
    return { passed: numPassedTests, failed: code === 0 ? numFailedTests : Math.max(1, numFailedTests) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exited
  clearTimeout(timer)
}

async function onPodman(folder: string): Promise<SuiteOutcome> {
  const socket = join(folder, 'podman.sock')
  const conf = join(folder, 'containers.conf')
  await writeFile(conf, containersConf)
  const service = spawn('podman', ['system', 'service', '--time=0', `unix://${socket}`], {
    // Its monitor leaves a file in its folder when a container runs out of memory.
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CONTAINERS_CONF: conf },
  })
  const missing = new Promise<never>((_, reject) =>
    service.once('error', (fault) => reject(new Error(`podman cannot be started (${fault.message}): apt-get install podman runc`))),
  )
  try {
    const up = await Promise.race([answers(socket, 20_000), missing])
    if (!up) throw new Error('podman system service did not answer within 20 s')
    return await contractOn(`unix://${socket}`, folder)
  } finally {
    await end(service)
  }
}

/** Both engines. What is missing counts as a failure and is named. */
export async function runEngineSuite(): Promise<SuiteOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'scanside-engine-'))
  const total: SuiteOutcome = { passed: 0, failed: 0 }
  const add = async (name: string, suite: () => Promise<SuiteOutcome>): Promise<void> => {
    console.log(`\nengine contract on ${name}`)
    try {
      const { passed, failed } = await suite()
      total.passed += passed
      total.failed += failed
    } catch (fault) {
      total.failed += 1
      console.error(`FAILED: engine contract on ${name}: ${fault instanceof Error ? fault.message : String(fault)}`)
    }
  }
  try {
    if (!existsSync(busyboxPath)) throw new Error(`${busyboxPath} is missing: apt-get install busybox-static`)
    await add('Docker', async () => {
      if (!(await answers('/var/run/docker.sock', 5_000))) throw new Error('no Docker engine answers at /var/run/docker.sock')
      return await contractOn('unix:///var/run/docker.sock', folder)
    })
    await add('Podman', () => onPodman(folder))
  } catch (fault) {
    total.failed += 1
    console.error(`FAILED: engine suite: ${fault instanceof Error ? fault.message : String(fault)}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return total
}
