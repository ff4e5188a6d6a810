/** Where hostile pipelines are let loose: the built application, an archive of its own, and the machine's Docker engine. */
import { spawnSync } from 'node:child_process'
import { rmSync, statfsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { LogLine } from '../../../main/engines/engine.ts'
import type { Input, RunDetail, RunSummary } from '../../../preload/contract.ts'
import { type DeskProcess, startDesk } from '../../support/desk-process.ts'
import { managedThings } from '../../support/engine.ts'
import { type ArchiveSide, startArchiveSide } from '../archive-side.ts'
import { endsWith } from '../ending.ts'
import { type HostilePipeline, hostileArchive } from './image.ts'

export const hostileImage = 'scanside-test/hostile:1.0'

/** Its socket, whatever the environment says of another. */
export const machinesEngine = 'unix:///var/run/docker.sock'

export interface Seen {
  detail: RunDetail
  lines: LogLine[]
  dropped: number
}

export interface Yard {
  desk: DeskProcess
  side: ArchiveSide
  /** Starts a run of this pipeline on scan 1 of the demo's first session. */
  start(pipeline: string): Promise<string>
  /** Waits for its end, asking the doorway and the engine all the while; `onLines` sees its log as it grows. */
  end(run: string, name: string, onLines?: (lines: LogLine[]) => Promise<void>): Promise<RunSummary>
  seen(run: string): Promise<Seen>
  /** Containers and volumes of this desk, as the docker CLI tells them. */
  things(): string[]
  /** Answers of the doorway during attacks: how many, the slowest, ms, and during which. */
  answers: { count: number; slowest: number; during: string }
  /** Most that the engine's disk has lost during one attack, bytes. */
  disk: { peak: number }
  stop(): Promise<void>
}

/** bytes */
const freeOnEnginesDisk = (): number => {
  const { bavail, bsize } = statfsSync('/var/lib/docker')
  return bavail * bsize
}

async function load(desk: DeskProcess, bytes: Buffer): Promise<void> {
  const { url } = await desk.call('pipelines.loadTicket', { size: bytes.length })
  await desk.put(url, bytes)
}

export async function openYard(pipelines: readonly HostilePipeline[]): Promise<Yard> {
  const side = await startArchiveSide()
  const site = { archive: side.archive.urls.https, ca: side.archive.ca }
  const desk = await startDesk(site, { DOCKER_HOST: machinesEngine })
  const answers = { count: 0, slowest: 0, during: '' }
  const disk = { peak: 0 }
  const stop = endsWith(async () => {
    await desk.stop()
    await side.stop()
    rmSync(desk.home, { recursive: true, force: true })
    spawnSync('docker', ['-H', machinesEngine, 'image', 'rm', '-f', hostileImage], { stdio: 'ignore' })
  })
  await desk.call('session.signIn', { address: side.archive.urls.https, user: 'demo', password: 'demo', provider: null, remember: true })
  for (let waited = 0; waited < 200 && (await desk.call('app.snapshot', undefined)).app.engine.state !== 'ready'; waited++) await pause(50)
  await load(desk, await hostileArchive(hostileImage, pipelines))
  const known = new Map<string, string>()
  for (let waited = 0; waited < 200 && known.size < pipelines.length; waited++) {
    for (const { id, name, image } of await desk.call('pipelines.list', undefined)) if (image === hostileImage) known.set(name, id)
    await pause(100)
  }
  if (known.size < pipelines.length)
    throw new Error(`The application knows ${known.size} of ${pipelines.length} hostile pipelines.\n${desk.output()}`)
  const { rows } = await desk.call('archive.sessions', { project: 'DEMO-MS', offset: 0, limit: 100 })
  const session = rows.find(({ label }) => label === 'P-0142_V01')
  if (!session) throw new Error('The demo has no session P-0142_V01.')
  const order = (pipeline: string): Input<'runs.start'> => ({
    pipeline,
    refs: [{ kind: 'archive', project: 'DEMO-MS', subject: session.subjectId, session: session.id, scan: '1' }],
    values: {},
    subject: 'P-0142 / V01',
  })
  /** Asks as a window would, and takes the time. */
  const asked = async <T>(during: string, ask: () => Promise<T>): Promise<T> => {
    const from = performance.now()
    const answer = await ask()
    answers.count++
    const took = performance.now() - from
    if (took > answers.slowest) Object.assign(answers, { slowest: took, during })
    return answer
  }
  return {
    desk,
    side,
    answers,
    disk,
    stop,
    things: () => managedThings(desk.home),
    async start(pipeline) {
      const { runs } = await desk.call('runs.start', order(known.get(pipeline) ?? pipeline))
      return runs[0] ?? ''
    },
    async end(run, name, onLines) {
      const free = freeOnEnginesDisk()
      for (let looked = 0; ; looked++) {
        const { runs } = await asked(name, () => desk.call('app.snapshot', undefined)).then(({ runs: store }) => store)
        if (looked % 20 === 10) await desk.call('pipelines.list', undefined)
        if (onLines) await onLines((await asked(name, () => desk.call('runs.log', { run, after: 0 }))).lines)
        disk.peak = Math.max(disk.peak, free - freeOnEnginesDisk())
        const found = runs.find(({ id }) => id === run)
        if (found && found.endedAt !== null) return found
        await pause(50)
      }
    },
    async seen(run) {
      const [detail, log] = [await desk.call('runs.get', { run }), await desk.call('runs.log', { run, after: 0 })]
      return { detail, ...log }
    },
  }
}
