/**
 * What Nova's fake hypervisor leaves out: machines that do something. Whatever server is ACTIVE gets a guest, a container made from Debian's
 * packages that does what the user_data says which Nova returns for it; its console is Nova's, its power-off is Nova's, and a server that is
 * deleted takes its guest along.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { labelNames } from '../../../main/engines/docker/labels.ts'
import { allServers, type LabServer, type Session, userDataOf } from '../lab.ts'
import { type Boot, bootCommand, bootEntries, readCloudConfig } from './cloud-config.ts'
import type { OwnEngine } from './engine.ts'
import { bareGuestImage, guestImage } from './image.ts'

/** How a server of the next test behaves: as a machine, not at all, off as soon as it is on, or without a container engine. */
export type Behaviour = 'whole' | 'dead' | 'off-at-once' | 'no-engine'

export interface Guest {
  server: string
  run: string
  userData: string
  boot: Boot
  /** Null where the behaviour leaves it out. */
  container: Docker.Container | null
  ended: boolean
}

export interface Hypervisor {
  /** By the server's id, as they were started; also those that are gone. */
  guests: Map<string, Guest>
  behaviour(next: Behaviour): void
  consoleOf(server: string): string
  /** Takes a running guest's power, as a failing host would; its server stays as it is. */
  cut(server: string): Promise<void>
  /** What it could not do; empty in a suite that passes. */
  faults: Error[]
  stop(): Promise<void>
}

export interface HypervisorParts {
  admin: Session
  engine: OwnEngine
  consoles: string
}

/**
 * Where a machine works. Each guest has its own, in memory; the engine, which resolves bind mounts on its own side, finds a run's folder at the
 * same path by a link.
 */
const places = ['/run/scanside', '/var/lib/scanside'] as const
const diskOf = (server: string): string => join(tmpdir(), `scanside-guest-${server}`)

export function startHypervisor({ admin, engine, consoles }: HypervisorParts): Hypervisor {
  const { docker } = engine
  const guests = new Map<string, Guest>()
  const texts = new Map<string, string>()
  const faults: Error[] = []
  let behaviour: Behaviour = 'whole'
  let stopped = false

  const say = (server: string, text: string) => {
    texts.set(server, (texts.get(server) ?? '') + text)
    appendFileSync(join(consoles, server), text)
  }
  const off = (server: string) => writeFileSync(join(consoles, `${server}.off`), '')
  const fault = (error: unknown) => {
    faults.push(error instanceof Error ? error : new Error(String(error)))
    console.error('hypervisor:', error)
  }

  const boot = async (server: LabServer) => {
    const run = server.metadata[labelNames.run] ?? ''
    const userData = (await userDataOf(admin, server.id)) ?? ''
    const how = behaviour
    const guest: Guest = { server: server.id, run, userData, boot: readCloudConfig(userData), container: null, ended: false }
    guests.set(server.id, guest)
    if (how === 'dead') return
    if (how === 'off-at-once') {
      guest.ended = true
      return off(server.id)
    }
    makeDisk(guest)
    const container = await docker.createContainer({
      name: `guest-${server.id}`,
      Image: how === 'no-engine' ? bareGuestImage : guestImage,
      Cmd: bootCommand,
      Tty: true,
      HostConfig: {
        NetworkMode: 'host',
        // As systemd mounts it.
        Tmpfs: { '/run': 'rw,nosuid,nodev,noexec,mode=0755,size=1g' },
        Binds: [
          ...(how === 'no-engine' ? [] : [`${engine.socket}:/run/docker.sock`]),
          ...places.map((place, index) => `${join(diskOf(server.id), String(index))}:${place}`),
        ],
      },
    })
    guest.container = container
    await container.putArchive(await tarOf(bootEntries(guest.boot)), { path: '/' })
    const output = await container.attach({ stream: true, stdout: true, stderr: true })
    output.on('data', (data: Buffer) => say(server.id, data.toString('utf8')))
    const exit = container.wait({ condition: 'next-exit' })
    await container.start()
    exit
      .then(({ StatusCode }: { StatusCode: number }) => {
        if (guest.ended) return
        guest.ended = true
        say(server.id, `[guest] cloud-init ended (${StatusCode})\r\n`)
        if (guest.boot.powersOff) off(server.id)
      })
      .catch(() => {})
  }

  /** With everything in it, as a machine goes. */
  const destroy = async (guest: Guest) => {
    guest.ended = true
    const { container, run } = guest
    guest.container = null
    if (container) await container.remove({ force: true }).catch(ignoreGone)
    // Again after a moment: what the guest had just ordered may still be on its way into being.
    for (let round = 0; round < 2; round++) {
      if (round > 0) await pause(300)
      for (const { Id, Mounts } of await docker.listContainers({ all: true })) {
        if (Mounts.some(({ Source }) => places.some((place) => Source?.startsWith(join(place, run)))))
          await docker.getContainer(Id).remove({ force: true, v: true }).catch(ignoreGone)
      }
    }
    removeDisk(guest)
    rmSync(join(consoles, guest.server), { force: true })
    rmSync(join(consoles, `${guest.server}.off`), { force: true })
  }

  const look = async () => {
    const servers = (await allServers(admin)).filter(({ metadata }) => labelNames.run in metadata)
    const there = new Set(servers.map(({ id }) => id))
    const gone = [...guests.values()].filter(({ server, container }) => container && !there.has(server))
    const fresh = servers.filter(({ id, status }) => status === 'ACTIVE' && !guests.has(id))
    // One after the other: a run's second machine must not meet what is left of its first.
    await Promise.all(gone.map((guest) => destroy(guest).catch(fault)))
    await Promise.all(fresh.map((server) => boot(server).catch(fault)))
  }
  const going = (async () => {
    while (!stopped) {
      await look().catch(fault)
      await pause(250)
    }
  })()

  return {
    guests,
    behaviour: (next) => {
      behaviour = next
    },
    consoleOf: (server) => texts.get(server) ?? '',
    async cut(server) {
      const guest = guests.get(server)
      if (guest) await destroy(guest)
    },
    faults,
    async stop() {
      stopped = true
      await going
      for (const guest of guests.values()) if (guest.container) await destroy(guest).catch(fault)
    },
  }
}

const ignoreGone = (error: { statusCode?: number }) => {
  // Gone already, or being removed.
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error
}

async function tarOf(entries: { name: string; body: Buffer }[]): Promise<Buffer> {
  const tar = pack()
  for (const { name, body } of entries) tar.entry({ name, mode: 0o600 }, body)
  tar.finalize()
  const parts: Buffer[] = []
  for await (const part of tar) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

const tool = (command: string, ...args: string[]) => {
  const done = spawnSync(command, args, { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`)
}

function makeDisk({ server, run }: Guest): void {
  const disk = diskOf(server)
  mkdirSync(disk, { mode: 0o700 })
  tool('mount', '-t', 'tmpfs', '-o', 'size=1g,mode=0755,nosuid,nodev', 'scanside-guest', disk)
  for (const [index, place] of places.entries()) {
    mkdirSync(join(disk, String(index)))
    mkdirSync(place, { recursive: true })
    symlinkSync(join(disk, String(index), run), join(place, run))
  }
}

function removeDisk({ server, run }: Guest): void {
  for (const place of places) {
    rmSync(join(place, run), { force: true })
    // Ours alone only while no other guest is there.
    if (existsSync(place) && readdirSync(place).length === 0) rmdirSync(place)
  }
  // Lazily: whatever still held it open is gone with its container.
  tool('umount', '--lazy', diskOf(server))
  rmdirSync(diskOf(server))
}
