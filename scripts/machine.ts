/** What the suites need of the machine: installed where that is allowed (root on Debian or Ubuntu), named where it is not. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findElectron } from './electron-binary.ts'

export type Need =
  | 'openstack'
  | 'dockerd'
  | 'mmdebstrap'
  | 'docker'
  | 'podman'
  | 'busybox'
  | 'curl'
  | 'chromium'
  | 'dbus'
  | 'keyring'
  | 'xvfb'
  | 'pyxnat'
  | 'dciodvfy'
  | 'zunclient'
  | 'electron'

export interface Prepared {
  /** What is not there, with a sentence. */
  missing: Map<Need, string>
  stop(): Promise<void>
}

const has = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0
const works = (command: string, args: string[]) => spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0

/** What is given from outside and cannot be installed. */
type Given = 'electron' | 'openstack'

const needs: Record<Exclude<Need, Given>, { packages: string[]; there: () => boolean }> = {
  docker: { packages: ['docker.io', 'iptables'], there: () => has('docker') && (has('dockerd') || works('docker', ['info'])) },
  // Of the suite's own, beside the one that is there.
  dockerd: { packages: ['docker.io', 'iptables'], there: () => process.getuid?.() === 0 && has('dockerd') && has('mount') },
  mmdebstrap: { packages: ['mmdebstrap'], there: () => has('mmdebstrap') },
  podman: { packages: ['podman', 'runc'], there: () => has('podman') && has('runc') },
  busybox: { packages: ['busybox-static'], there: () => existsSync('/bin/busybox') },
  curl: { packages: ['curl'], there: () => has('curl') },
  chromium: { packages: ['chromium'], there: () => existsSync('/usr/bin/chromium') },
  dbus: { packages: ['dbus', 'dbus-x11'], there: () => has('dbus-run-session') },
  keyring: {
    packages: ['gnome-keyring', 'libsecret-1-0'],
    there: () => has('gnome-keyring-daemon') && existsSync('/usr/lib/x86_64-linux-gnu/libsecret-1.so.0'),
  },
  xvfb: {
    packages: ['xvfb', 'xauth', 'libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'],
    there: () =>
      has('xvfb-run') &&
      ['libgtk-3.so.0', 'libnss3.so', 'libasound.so.2', 'libgbm.so.1'].every((lib) => existsSync(`/usr/lib/x86_64-linux-gnu/${lib}`)),
  },
  dciodvfy: { packages: ['dicom3tools'], there: () => has('dciodvfy') },
  zunclient: { packages: ['python3-zunclient'], there: () => existsSync('/usr/bin/zun') },
  pyxnat: { packages: ['python3-pyxnat', 'python3-pytest'], there: () => works('/usr/bin/python3', ['-c', 'import pyxnat, pytest']) },
}

const cloudVariables = ['OS_CLIENT_CONFIG_FILE', 'OS_CLOUD', 'SCANSIDE_TEST_NOVA_CONSOLE']

/** Whether somebody named a cloud to test with. */
export const cloudIsGiven = (): boolean => cloudVariables.every((name) => Boolean(process.env[name]))

const noCloud =
  'there is no OpenStack to test with. Name one by OS_CLIENT_CONFIG_FILE and OS_CLOUD (a clouds.yaml whose entry `admin` may see user_data), and by ' +
  'SCANSIDE_TEST_NOVA_CONSOLE the folder from which its fake hypervisor reads consoles and power-offs; docs/cloud.md says more'

/** Installs and starts what is needed. Whatever it started ends with `stop`. */
export async function prepareMachine(wanted: Set<Need>): Promise<Prepared> {
  const missing = new Map<Need, string>()
  const lacking = [...wanted].filter((need): need is Exclude<Need, Given> => need !== 'electron' && need !== 'openstack' && !needs[need].there())
  const packages = lacking.flatMap((need) => needs[need].packages)
  if (packages.length > 0 && process.getuid?.() === 0 && has('apt-get')) install(packages)
  for (const need of lacking) {
    if (!needs[need].there()) missing.set(need, `${need} is not on this machine; install: ${needs[need].packages.join(' ')}`)
  }
  const started: ChildProcess[] = []
  if (wanted.has('docker') && !missing.has('docker') && !works('docker', ['info'])) {
    const engine = await startDocker()
    if (engine) started.push(engine)
    else missing.set('docker', 'no Docker engine answers and none could be started here; start it, or run the tests as root')
  }
  if (wanted.has('openstack') && !cloudIsGiven()) missing.set('openstack', noCloud)
  if (wanted.has('electron')) {
    const electron = await findElectron(dirname(import.meta.dirname), console.log)
    if ('missing' in electron) missing.set('electron', `no Electron to test with: ${electron.missing}`)
  }
  return {
    missing,
    async stop() {
      for (const child of started) {
        child.kill('SIGTERM')
        await Promise.race([new Promise((resolve) => child.once('exit', resolve)), pause(15_000)])
      }
    },
  }
}

function install(packages: string[]): void {
  console.log(`Installing what the tests need: ${packages.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Ubuntu renamed two libraries; a name that is not known there must not stop the rest.
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
  const together = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  })
  if (together.status === 0) return
  for (const name of packages)
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { stdio: ['ignore', 'ignore', 'inherit'], env })
}

async function startDocker(): Promise<ChildProcess | null> {
  if (process.getuid?.() !== 0 || !has('dockerd')) return null
  console.log('Starting a Docker engine for the tests …')
  const log = openSync(join('/var/log', 'scanside-dockerd.log'), 'a')
  const engine = spawn('dockerd', [], { stdio: ['ignore', log, log] })
  for (let waited = 0; waited < 60; waited++) {
    await pause(500)
    if (works('docker', ['info'])) return engine
    if (engine.exitCode !== null) return null
  }
  engine.kill('SIGTERM')
  return null
}
