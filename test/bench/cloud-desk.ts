/** The engine for Nova against a real cloud, with the demo archive in a process of its own: what one run goes through, timed from outside. */
import { fork } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DemoReady } from '../../demo/process.ts'
import { createRunTokens, type KeptToken } from '../../main/archive/run-tokens-session.ts'
import { createSession } from '../../main/archive/session.ts'
import { createXnat } from '../../main/archive/xnat.ts'
import type { InputRef, RunSpec } from '../../main/engines/engine.ts'
import { createNovaEngine } from '../../main/engines/nova/engine.ts'
import { createHttp } from '../../main/http/http.ts'
import { connectCloud } from '../../main/openstack/connect.ts'
import type { Cloud, Server } from '../../main/openstack/openstack.ts'
import { openOwed } from '../../main/store/owed.ts'
import type { Vault } from '../../main/vault/vault.ts'
import { cloudEntry } from '../openstack/lab.ts'
import type { CurlBaseline } from './cloud-curl.ts'

const megabyte = 1024 * 1024
const limits: RunSpec['limits'] = {
  memoryBytes: 64 * megabyte,
  cpus: 1,
  pids: 64,
  deadlineMs: 60_000,
  outputBytes: megabyte,
  outputFiles: 10,
  outputDepth: 4,
  logBytes: 100_000,
}

/** Bytes of user_data a run of one scan has, for the baseline. */
const usualUserData = 6_800

function startDemo(): Promise<{ ready: DemoReady; stop(): void }> {
  const file = fileURLToPath(new URL('../../demo/process.ts', import.meta.url))
  const child = fork(file, [], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'], cwd: join(file, '..', '..') })
  return new Promise((resolve, reject) => {
    child.once('message', (ready: DemoReady) => resolve({ ready, stop: () => child.send({ type: 'stop' }) }))
    child.once('exit', (code) => reject(new Error(`the demo archive ended with ${code}`)))
  })
}

const memoryVault = (): Vault => {
  const kept = new Map<string, string>()
  return {
    status: () => ({ available: false, message: '' }),
    recheck: async () => {},
    get: async (name) => kept.get(name) ?? null,
    async set(name, secret) {
      kept.set(name, secret)
      return { kept: false }
    },
    async delete(name) {
      kept.delete(name)
    },
  }
}

const named = <T extends { id: string; name: string }>(offered: T[], name: string): string => {
  const found = offered.find((one) => one.name === name)
  if (!found) throw new Error(`the cloud offers no ${name}`)
  return found.id
}

export interface CloudDesk {
  turn(machines: number): Promise<{ up: number; down: number }>
  /** How many machines the quota has room for; -1: without limit. */
  room(): Promise<number>
  /** ms by step, of every run so far */
  readonly steps: Map<string, number[]>
  readonly baseline: CurlBaseline
  close(): Promise<void>
}

export async function openCloudDesk(choice: { image: string; flavor: string; network: string }): Promise<CloudDesk> {
  const entry = cloudEntry()
  const demo = await startDemo()
  const http = createHttp({ userAgent: 'Scanside-bench/1', roots: [demo.ready.ca] })
  const { auth } = entry
  const cloud = await connectCloud(
    {
      config: {
        name: 'bench',
        authUrl: auth.auth_url,
        region: entry.region_name,
        interface: 'public',
        ca: [],
        auth: {
          kind: 'password',
          user: auth.username,
          userDomain: auth.user_domain_name,
          project: auth.project_name,
          projectDomain: auth.project_domain_name,
        },
      },
      secret: auth.password,
    },
    { http },
  )
  if (!cloud.compute || !cloud.images || !cloud.networks) throw new Error('the cloud lacks compute, image or network')
  const [images, flavors, networks] = await Promise.all([cloud.images.list(), cloud.compute.flavors(), cloud.networks.list()])
  const [imageId, flavorId, networkId] = [named(images, choice.image), named(flavors, choice.flavor), named(networks, choice.network)]

  /** Told when the engine has read a machine's status: nothing is asked beside what it asks itself. */
  const waiting = new Map<string, { resolve(): void; reject(error: Error): void }>()
  const noticed = (server: Server | null) => {
    const one = server && waiting.get(server.name)
    if (server?.status === 'ACTIVE') one?.resolve()
    if (server?.status === 'ERROR') one?.reject(new Error(server.fault?.message ?? 'a machine failed'))
    return server
  }
  const { compute } = cloud
  const watched: Cloud = {
    ...cloud,
    compute: {
      ...compute,
      server: async (id, signal) => noticed(await compute.server(id, signal)),
      serversNamed: async (name, signal) => (await compute.serversNamed(name, signal)).map((server) => noticed(server) ?? server),
      serversOf: async (prefix, signal) => (await compute.serversOf(prefix, signal)).map((server) => noticed(server) ?? server),
    },
  }

  const vault = memoryVault()
  const session = createSession({ http, vault })
  const { https: address, user, password, ca } = demo.ready
  await session.signIn({ address, user, password, provider: null, remember: false, demo: true })
  const shown = session.status().archive ?? ''
  const archive = createXnat({ request: session.requestAt(shown) })
  const secrets = new Map<string, KeptToken>()
  const tokens = createRunTokens({
    http,
    vault,
    session,
    archive: { id: 'demo', address: session.address() ?? '', ca: [ca] },
    shown,
    user,
    secrets,
    notes: null,
    now: Date.now,
  })
  const [visit] = (await archive.sessions('DEMO-MS', 0, 1)).rows
  if (!visit) throw new Error('the demo archive is empty')
  const path = { project: 'DEMO-MS', subject: visit.subjectId, session: visit.id }
  const [scan] = await archive.scans('DEMO-MS', visit.id)
  const [file] = (await archive.scanFiles(path, scan?.id ?? '')).filter(({ size }) => size > 0)
  if (!file) throw new Error('the demo scan has no file')

  const debts = openOwed(null)
  const engine = createNovaEngine({
    id: `nova:${cloud.id}`,
    kind: 'nova',
    cloud: watched,
    choices: { engine: 'nova', image: imageId, flavor: flavorId, network: { kind: 'given', id: networkId }, zone: null, maxMachines: 50 },
    tokens: () => tokens,
    archive: () => ({ id: 'demo', demo: true, archive }),
    imageSource: async () => ({ kind: 'present' }),
    debts,
    install: randomUUID(),
    process: { pid: process.pid, pidStart: 'bench', isAlive: (_, start) => start === 'bench', openRuns: new Set() },
    now: () => new Date(),
    report: (error) => console.error(error),
  })

  const steps = new Map<string, number[]>()
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    const value = await work()
    steps.set(name, [...(steps.get(name) ?? []), performance.now() - began])
    return value
  }

  /** One run up to its running machine; resolves with how it ends. */
  const begin = async (): Promise<() => Promise<void>> => {
    const runId = randomUUID()
    const ref: InputRef = {
      kind: 'archive',
      uri: file.uri,
      path: `scan-${randomUUID()}.vol`,
      size: file.size,
      original: { size: file.size, md5: file.md5, changes: [] },
      read: (signal) => archive.read(file, signal),
    }
    const workspace = await engine.open({
      runId,
      imageId: 'bench',
      argv: null,
      env: {},
      workingDir: null,
      mounts: [
        { name: 'input', path: '/input', writable: false },
        { name: 'output', path: '/output', writable: true },
      ],
      limits,
      image: { name: 'oct-quality', digest: createHash('sha256').update('bench').digest('hex') },
      home: { archive: 'demo', session: path, name: `oct-quality/bench/${runId}/results.json` },
    })
    const given = new AbortController()
    const active = new Promise<void>((resolve, reject) => waiting.set(`scanside-${runId}`, { resolve, reject }))
    let ended: Promise<unknown> = Promise.resolve()
    const end = async () => {
      given.abort()
      await ended
      waiting.delete(`scanside-${runId}`)
      const report = await step('wipe', () => workspace.wipe())
      if (!report.complete) throw new Error(report.owed.join(' '))
    }
    try {
      await step('stage', () => workspace.stage([{ mount: 'input', ref }], given.signal, () => {}))
      await step('order', () => workspace.start(given.signal, () => {}))
      // Ends by the abort above; what it waits for, a report, never comes from a machine that does not compute.
      ended = workspace.wait(given.signal).catch(() => {})
      await step('until seen', () => active)
      return end
    } catch (error) {
      await end().catch(() => {})
      throw error
    }
  }

  return {
    steps,
    baseline: { cloud: entry, imageId, flavorId, networkId, userData: usualUserData },
    async room() {
      const { instances } = await compute.limits()
      return instances.max < 0 ? -1 : instances.max - instances.used
    },
    async turn(machines) {
      const began = performance.now()
      const ends = await Promise.all(Array.from({ length: machines }, begin))
      const active = performance.now()
      await Promise.all(ends.map((end) => end()))
      return { up: active - began, down: performance.now() - active }
    },
    async close() {
      await session.signOut({ force: true, waiting: 0 })
      await cloud.close()
      await http.close()
      demo.stop()
    },
  }
}
