/** The world of parts 1 and 2 with little room: the application's folder on a small disk, and its engine's data on another. */
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPipeline } from '../../openstack/pipeline.ts'
import { type DeskProcess, startDesk } from '../../support/desk-process.ts'
import { startArchiveSide } from '../archive-side.ts'
import { endsWith } from '../ending.ts'
import { layEngineCable } from '../engine-cable.ts'
import { startOwnEngine } from '../own-engine.ts'
import { type ChaosWorld, type Place, settled } from '../world.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

export interface TightWorld extends ChaosWorld {
  /** Of the application: its whole folder. */
  disk: SmallDisk
  /** Of the engine: images, volumes, containers. */
  engineDisk: SmallDisk
  /** Starts the application in its folder as it is. @throws Error with all it said, where it does not start */
  live(): Promise<DeskProcess>
  /** Ends the application as a person would. */
  rest(): Promise<void>
}

const withTemporary = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    return await work()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

export async function openTightWorld(): Promise<TightWorld> {
  const disk = mountSmallDisk(100)
  const engineDisk = mountSmallDisk(600)
  const engine = await withTemporary(engineDisk.folder, startOwnEngine)
  await loadPipeline(engine.docker)
  await loadPipeline(engine.docker, 'slow', 2)
  const cable = await layEngineCable(engine.socket)
  const side = await startArchiveSide()
  const site = { archive: side.archive.urls.https, ca: side.archive.ca }
  const temporary = mkdtempSync(join(tmpdir(), 'scanside-chaos-tmp-'))
  // The site file lies elsewhere: it is the administrator's.
  const beside = mkdtempSync(join(tmpdir(), 'scanside-chaos-site-'))
  const home = join(disk.folder, 'home')
  const env = { DOCKER_HOST: cable.address, TMPDIR: temporary, SCANSIDE_HOME: home }
  let desk: DeskProcess | null = null
  const now = () => {
    if (!desk) throw new Error('The application does not live.')
    return desk
  }
  const kill = async () => {
    const last = desk
    desk = null
    await last?.kill()
  }
  const live = async (born?: (child: ChildProcess) => void) => {
    const begun = await startDesk(site, env, beside, born)
    desk = { ...begun, home }
    return desk
  }
  const signIn = () => now().call('session.signIn', { address: site.archive, user: 'demo', password: 'demo', provider: null, remember: true })
  const world: TightWorld = {
    engine,
    cable,
    side,
    disk,
    engineDisk,
    desk: now,
    live: () => live(),
    async rest() {
      const last = desk
      desk = null
      await last?.stop()
    },
    folders: () => [home, temporary],
    install: () => readFileSync(join(home, 'installation'), 'utf8').trim(),
    async nextLife(born) {
      await kill()
      return live(born)
    },
    async renew() {
      await kill()
      side.middle.meddle(null)
      side.middle.onAnswered(null)
      side.faults.clear()
      cable.watch(null)
      disk.clear()
      engineDisk.makeRoom()
      mkdirSync(home, { mode: 0o700 })
      await live()
      const { app } = await now().call('app.snapshot', undefined)
      if (!app.keyring.available) throw new Error('There is no keyring: run this suite by `npm run test:chaos`, which brings one.')
      await signIn()
    },
    signIn,
    order: (place: Place) => orderOf(now(), place),
    stop: endsWith(async () => {
      await kill()
      for (const folder of [temporary, beside]) rmSync(folder, { recursive: true, force: true })
      await cable.end()
      await side.stop()
      await engine.stop()
      await engineDisk.remove()
      await disk.remove()
    }),
  }
  await world.renew()
  await settled(world)
  return world
}

const imageOf = { docker: 'scanside-test/look:1.0', 'docker, slowly': 'scanside-test/look-slow:1.0', 'built in': null }

async function orderOf(desk: DeskProcess, place: Place): ReturnType<ChaosWorld['order']> {
  for (let looked = 0; looked < 200; looked++) {
    const all = await desk.call('pipelines.list', undefined)
    const pipeline = all.find(({ builtin, image }) => (imageOf[place] === null ? builtin === true : !builtin && image === imageOf[place]))
    const { rows } = await desk.call('archive.sessions', { project: 'DEMO-MS', offset: 0, limit: 100 })
    const session = rows.find(({ label }) => label === 'P-0142_V01')
    if (pipeline && session) {
      const ref = { kind: 'archive' as const, project: 'DEMO-MS', subject: session.subjectId, session: session.id, scan: '1' }
      return { pipeline: pipeline.id, refs: [ref], values: {}, subject: 'P-0142 / V01' }
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`The application does not find the pipeline (${place}).`)
}
