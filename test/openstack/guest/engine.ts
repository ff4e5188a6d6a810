/** An engine of the suite's own: its own folder, socket and process, no bridge, no firewall rules; ended by its process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Docker from 'dockerode'

export interface OwnEngine {
  docker: Docker
  socket: string
  stop(): Promise<void>
}

/** `folder` holds everything of it. */
export async function startEngine(folder: string): Promise<OwnEngine> {
  mkdirSync(folder, { recursive: true })
  const socket = join(folder, 'docker.sock')
  const log = join(folder, 'dockerd.log')
  const out = openSync(log, 'a')
  const args = [
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'docker.pid')],
    ...['--host', `unix://${socket}`, '--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'],
  ]
  const child = spawn('dockerd', args, { stdio: ['ignore', out, out] })
  let failed: Error | null = null
  child.once('error', (error) => {
    failed = error
  })
  const docker = new Docker(Object.assign({ socketPath: socket, protocol: 'http' as const }, { host: undefined }))
  for (let waited = 0; waited < 120; waited++) {
    const up = await docker.ping().then(
      () => true,
      () => false,
    )
    if (up) return { docker, socket, stop: () => end(child) }
    if (failed || child.exitCode !== null) break
    await pause(250)
  }
  await end(child)
  throw new Error(`No engine of the suite's own could be started:\n${readFileSync(log, 'utf8').slice(-2_000)}`, { cause: failed })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await gone
  clearTimeout(timer)
}
