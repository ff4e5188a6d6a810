/** `npm start`: builds, then opens Scanside in Electron or in a browser on this machine, and says which and why. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findElectron } from './electron-binary.ts'
import { chooseFront, type Machine } from './front.ts'

const root = dirname(import.meta.dirname)
const say = (line: string) => console.log(line)

build()
const front = chooseFront(await look())
say(front.kind === 'electron' ? `Scanside opens in Electron: ${front.why}.` : `Scanside opens in a browser on this machine: ${front.why}.`)
if (front.kind === 'browser') {
  await runBrowserFront()
} else if (!(await electronCameUp(front.path))) {
  say('Electron ended before its window was there (its sandbox may not start on this system). Scanside opens in a browser on this machine instead.')
  await runBrowserFront()
}

function build(): void {
  const made = spawnSync(process.execPath, [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'error'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (made.status !== 0) {
    console.error(made.stdout, made.stderr)
    console.error('Scanside could not be built. Run `npm ci` and start again.')
    process.exit(1)
  }
}

async function look(): Promise<Machine> {
  const linux = process.platform === 'linux'
  const isRoot = process.getuid?.() === 0
  const graphical = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
  // Where Electron could not start anyway, its hundred megabytes are not fetched.
  const electron = linux && (isRoot || !graphical) ? { path: '' } : await findElectron(root, say)
  const helper = 'path' in electron ? join(dirname(electron.path), 'chrome-sandbox') : ''
  const helperIs = existsSync(helper) ? statSync(helper) : null
  return {
    platform: process.platform,
    root: isRoot,
    graphical,
    electron,
    userNamespaces:
      kernel('user/max_user_namespaces', '1') !== '0' &&
      kernel('kernel/apparmor_restrict_unprivileged_userns', '0') !== '1' &&
      kernel('kernel/unprivileged_userns_clone', '1') !== '0',
    setuidSandbox: helperIs !== null && helperIs.uid === 0 && (helperIs.mode & 0o4000) !== 0,
  }
}

function kernel(name: string, otherwise: string): string {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim()
  } catch {
    return otherwise
  }
}

/** Runs until the window is closed. False where Electron ended without ever saying that its window was there. */
function electronCameUp(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(path, [root], { stdio: ['inherit', 'pipe', 'inherit'] })
    let up = false
    child.stdout.on('data', (data: Buffer) => {
      process.stdout.write(data)
      if (data.includes('Scanside is ready')) up = true
    })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(up || code === 0))
    forwardSignals(child.pid)
  })
}

function runBrowserFront(): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'out', 'main', 'loopback.js')], { stdio: 'inherit' })
    child.once('exit', (code) => {
      process.exitCode = code ?? 1
      resolve()
    })
    forwardSignals(child.pid)
  })
}

function forwardSignals(pid: number | undefined): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (pid) process.kill(pid, signal)
    })
  }
}
