/** What parts 1 and 2 stand on: an engine and an archive of the suite's own with somebody on each cable, and the built application between them. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AppStore, Input, Pipeline, RunState, RunSummary } from '../../preload/contract.ts'
import { loadPipeline } from '../openstack/pipeline.ts'
import { type DeskProcess, startDesk } from '../support/desk-process.ts'
import { type ArchiveSide, startArchiveSide } from './archive-side.ts'
import { endsWith } from './ending.ts'
import { type EngineCable, layEngineCable } from './engine-cable.ts'
import { type OwnEngine, startOwnEngine } from './own-engine.ts'

/** Where a run of the suite goes: the container engine, one whose pipeline takes two seconds, or the application itself. */
export type Place = 'docker' | 'docker, slowly' | 'built in'

export interface ChaosWorld {
  engine: OwnEngine
  cable: EngineCable
  side: ArchiveSide
  /** The application as it lives now. */
  desk(): DeskProcess
  /** Folders of the application: its own, and the one for temporary files. */
  folders(): string[]
  /** Opaque id of the installation, as its labels say it. */
  install(): string
  /** Kills the application (or has it killed already) and starts it again in the same folder. */
  nextLife(born?: (child: ChildProcess) => void): Promise<DeskProcess>
  /** A new installation: what an earlier case has left is not the next one's. `keyring` false: it and its next lives have none. */
  renew(options?: { keyring: boolean }): Promise<void>
  signIn(): Promise<void>
  /** A run of scan 1 of the demo's first session: what it takes to start it. */
  order(place: Place): Promise<Input<'runs.start'>>
  stop(): Promise<void>
}

export async function openChaosWorld(): Promise<ChaosWorld> {
  const engine = await startOwnEngine()
  await loadPipeline(engine.docker)
  await loadPipeline(engine.docker, 'slow', 2)
  const cable = await layEngineCable(engine.socket)
  const side = await startArchiveSide()
  const site = { archive: side.archive.urls.https, ca: side.archive.ca }
  const temporary = mkdtempSync(join(tmpdir(), 'scanside-chaos-tmp-'))
  let env: Record<string, string> = {}
  let desk: DeskProcess | null = null
  let ended = false
  const living = new Set<ChildProcess>()
  const start = async (home?: string, born: (child: ChildProcess) => void = () => {}) => {
    if (ended) throw new Error('The suite is at its end.')
    return startDesk(site, env, home, (child) => {
      living.add(child)
      child.once('exit', () => living.delete(child))
      born(child)
    })
  }
  const now = () => {
    if (!desk) throw new Error('The application does not live.')
    return desk
  }
  const forget = async () => {
    const last = desk
    desk = null
    await last?.kill()
    if (last) rmSync(last.home, { recursive: true, force: true })
  }
  const signIn = () => now().call('session.signIn', { address: site.archive, user: 'demo', password: 'demo', provider: null, remember: true })
  const world: ChaosWorld = {
    engine,
    cable,
    side,
    desk: now,
    folders: () => [now().home, temporary],
    install: () => readFileSync(join(now().home, 'installation'), 'utf8').trim(),
    async nextLife(born) {
      const { home, kill } = now()
      await kill()
      desk = await start(home, born)
      return desk
    },
    async renew({ keyring } = { keyring: true }) {
      await forget()
      // Where nothing is kept, what was set by hand is not either.
      env = {
        TMPDIR: temporary,
        DOCKER_HOST: cable.address,
        ...(keyring ? {} : { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(temporary, 'nobody')}` }),
      }
      side.middle.meddle(null)
      side.middle.onAnswered(null)
      side.faults.clear()
      cable.watch(null)
      // Nobody has their secrets any more.
      side.archive.gate.tokens.clear()
      desk = await start()
      const { app } = await desk.call('app.snapshot', undefined)
      if (keyring && !app.keyring.available) throw new Error('There is no keyring: run this suite by `npm run test:chaos`, which brings one.')
      if (!keyring && app.keyring.available) throw new Error('There is a keyring where there should be none.')
      // By hand, so that no other engine of this machine is taken while this one is away.
      await desk.call('engine.setEndpoint', { endpoint: cable.address })
      await signIn()
    },
    signIn,
    async order(place) {
      const pipeline = await pipelineOf(now(), place)
      const { rows } = await now().call('archive.sessions', { project: 'DEMO-MS', offset: 0, limit: 100 })
      const session = rows.find(({ label }) => label === 'P-0142_V01')
      if (!session) throw new Error('The demo has no session P-0142_V01.')
      const ref = { kind: 'archive' as const, project: 'DEMO-MS', subject: session.subjectId, session: session.id, scan: '1' }
      return { pipeline: pipeline.id, refs: [ref], values: {}, subject: 'P-0142 / V01' }
    },
    stop: endsWith(async () => {
      ended = true
      await forget()
      // Broken off in the midst of a case: one that is not ready yet.
      for (const child of living) child.kill('SIGKILL')
      rmSync(temporary, { recursive: true, force: true })
      await cable.end()
      await side.stop()
      await engine.stop()
    }),
  }
  await world.renew()
  return world
}

const isOf = (place: Place, { builtin, image }: Pipeline): boolean =>
  place === 'built in'
    ? builtin === true
    : builtin !== true && image === (place === 'docker' ? 'scanside-test/look:1.0' : 'scanside-test/look-slow:1.0')

/** A desk that has just begun still looks for its container engine. */
async function pipelineOf(desk: DeskProcess, place: Place): Promise<Pipeline> {
  for (let looked = 0; looked < 200; looked++) {
    const found = (await desk.call('pipelines.list', undefined)).find((one) => isOf(place, one))
    if (found) return found
    await pause(100)
  }
  throw new Error(`The application does not find the pipeline (${place}).`)
}

const hasEnded: ReadonlySet<RunState> = new Set(['done', 'failed', 'cancelled'])

const isSettled = ({ session, counts, outbox }: AppStore): boolean =>
  session.state === 'signed-in' && counts.active + counts.waiting + counts.owed + outbox.waiting + outbox.blocked === 0

/** Waits until the application has nothing under way, nothing to send and nothing to remove. @throws Error after so many seconds */
export async function settled(world: ChaosWorld, seconds = 90): Promise<void> {
  const desk = world.desk()
  const end = Date.now() + seconds * 1000
  let app: AppStore | null = null
  for (let looked = 0; Date.now() < end; looked++) {
    app = (await desk.call('app.snapshot', undefined)).app
    // A life that has just begun counts its runs only once it has looked at them.
    if (isSettled(app) && (await runsOf(world)).every(({ state }) => hasEnded.has(state))) return
    // What it looks at by itself every quarter of a minute, and every minute.
    if (looked % 20 === 19) {
      await desk.call('engine.refresh', undefined)
      if (app.counts.waiting + app.outbox.waiting > 0) await desk.call('outbox.send', undefined).catch(() => undefined)
      if (app.counts.owed > 0) await desk.call('runs.payOwed', undefined)
      if (app.session.state === 'offline') await desk.call('archive.projects', undefined).catch(() => undefined)
    }
    await pause(100)
  }
  const { rows } = await desk.call('runs.list', { offset: 0, limit: 3 })
  const waiting = await desk.call('outbox.list', undefined).catch(String)
  const told = JSON.stringify({ session: app?.session.state, counts: app?.counts, outbox: app?.outbox, runs: rows.map(shown), waiting })
  throw new Error(`Not settled: ${told}\n${desk.output().slice(-3_000)}`)
}

export const shown = ({ id, state, home, message }: RunSummary) => ({ id, state, home, message })

/** All runs a desk knows. */
export const runsOf = async (world: ChaosWorld): Promise<RunSummary[]> => (await world.desk().call('runs.list', { offset: 0, limit: 200 })).rows
