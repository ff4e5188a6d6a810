/** A container engine of the suite's own, with a folder, a socket and a pidfile of its own, which can be killed and comes back. Never the machine's. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Docker from 'dockerode'
import { endsWith } from './ending.ts'

export interface OwnEngine {
  docker: Docker
  socket: string
  /** SIGKILL, as when a machine loses its power: its containerd dies with it. */
  kill(): Promise<void>
  /** Up again after `kill`. */
  start(): Promise<void>
  /** Names of containers and volumes of this installation, as the docker CLI tells them: a witness the application did not write. */
  things(install: string): string[]
  stop(): Promise<void>
}

/** @throws Error with a sentence where none can be started here */
export async function startOwnEngine(): Promise<OwnEngine> {
  if (process.getuid?.() !== 0) throw new Error('A container engine of the suite’s own can only be started by root.')
  const folder = mkdtempSync(join(tmpdir(), 'scanside-chaos-engine-'))
  const socket = join(folder, 'docker.sock')
  const log = join(folder, 'dockerd.log')
  const docker = new Docker(Object.assign({ socketPath: socket, protocol: 'http' as const }, { host: undefined }))
  mkdirSync(folder, { recursive: true })
  let child: ChildProcess | null = null
  let ended = false

  const start = async () => {
    if (ended) throw new Error('The suite is at its end.')
    const out = openSync(log, 'a')
    const args = [
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'docker.pid')],
      ...['--host', `unix://${socket}`, '--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'],
    ]
    const begun = spawn('dockerd', args, { stdio: ['ignore', out, out] })
    child = begun
    closeSync(out)
    begun.once('error', () => undefined)
    for (let waited = 0; waited < 300; waited++) {
      const up = await docker.ping().then(
        () => true,
        () => false,
      )
      if (up) return
      if (begun.exitCode !== null) break
      await pause(100)
    }
    throw new Error(`The suite’s own engine could not be started:\n${readFileSync(log, 'utf8').slice(-2_000)}`)
  }
  const gone = (one: ChildProcess) =>
    one.exitCode !== null || one.signalCode !== null ? Promise.resolve() : new Promise<void>((resolve) => one.once('exit', () => resolve()))

  const stop = endsWith(async () => {
    ended = true
    const last = child
    child = null
    if (last) {
      last.kill('SIGTERM')
      const timer = setTimeout(() => last.kill('SIGKILL'), 20_000)
      await gone(last)
      clearTimeout(timer)
    }
    for (const pid of processesOf(folder)) process.kill(pid, 'SIGKILL')
    const mounted = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .flatMap((line) => line.split(' ')[1] ?? [])
      .filter((place) => place.startsWith(`${folder}/`))
    for (const place of mounted.reverse()) spawnSync('umount', ['--lazy', place])
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  })
  const cli = (...args: string[]): string[] => {
    const told = spawnSync('docker', ['-H', `unix://${socket}`, ...args], { encoding: 'utf8' })
    if (told.status !== 0) throw new Error(told.stderr || 'There is no docker command here.')
    return told.stdout.split('\n').filter(Boolean)
  }
  await start()
  return {
    docker,
    socket,
    start,
    stop,
    async kill() {
      const last = child
      if (!last) return
      child = null
      last.kill('SIGKILL')
      await gone(last)
      // Its containerd has died with it; where nobody has buried that yet, the next one would wait for it.
      rmSync(join(folder, 'exec', 'containerd', 'containerd.pid'), { force: true })
    },
    things(install) {
      const filter = ['--filter', `label=org.scanside.install=${install}`]
      return [...cli('ps', '-a', ...filter, '--format', '{{.Names}}'), ...cli('volume', 'ls', ...filter, '--format', '{{.Name}}')]
    },
  }
}

/** What a killed engine has left running: its containers' shims know its folder. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return []
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`${folder}/`) ? [Number(name)] : []
    } catch {
      return []
    }
  })
}
