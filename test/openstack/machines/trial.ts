/** The engine over Nova with everything real around it: the cloud's services, the archive's session, and runs of the test pipeline. */
import { randomUUID } from 'node:crypto'
import { createArchiveDesk } from '../../../main/archive-desk.ts'
import type { Engine, ExitReport, InputRef, LogLine, OutputRef, RunSpec, StagedFile, Workspace } from '../../../main/engines/engine.ts'
import { createNovaEngine } from '../../../main/engines/nova/engine.ts'
import type { ImageSource } from '../../../main/engines/remote/job.ts'
import type { RemoteTimes } from '../../../main/engines/remote/parts.ts'
import { createHttp } from '../../../main/http/http.ts'
import { connectCloud } from '../../../main/openstack/connect.ts'
import type { Cloud, CloudAccess } from '../../../main/openstack/openstack.ts'
import { createVault } from '../../../main/vault/keyring-vault.ts'
import type { CloudChoices } from '../../../preload/cloud.ts'
import { debtsInMemory, type TestEngine } from '../../engine/test-engine.ts'
import type { CloudEntry } from '../lab.ts'
import { pipelineArchive } from '../pipeline.ts'
import type { World } from './world.ts'

export const never = new AbortController().signal

/** The session runs are of, as people call it. */
export const sessionPath = '/data/projects/DEMO-MS/subjects/P-0142/experiments/P-0142_V01'

export const accessOf = ({ region_name, auth }: CloudEntry): CloudAccess => ({
  config: {
    name: 'lab',
    authUrl: auth.auth_url,
    region: region_name,
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
})

export interface TrialOptions {
  times?: Partial<RemoteTimes>
  choices?: Partial<CloudChoices>
  /** As if the cloud had no object store. */
  withoutSwift?: boolean
  imageSource?: () => Promise<ImageSource>
  entry?: CloudEntry
  /** An earlier life's. */
  install?: string
  debts?: TestEngine['debts']
}

export interface Trial {
  engine: Engine
  cloud: Cloud
  debts: TestEngine['debts']
  install: string
  /** A run of the test pipeline that looks for so many seconds. */
  spec(seconds?: number, more?: Partial<RunSpec>): RunSpec
  /** Scan 1 of the session, as the archive has it; `changes` take bytes out. */
  scan(): Promise<InputRef & { kind: 'archive' }>
  close(): Promise<void>
}

const limits: RunSpec['limits'] = {
  memoryBytes: 64 * 1024 * 1024,
  cpus: 1,
  pids: 64,
  deadlineMs: 60_000,
  outputBytes: 4 * 1024 * 1024,
  outputFiles: 20,
  outputDepth: 3,
  logBytes: 20_000,
}

export async function openTrial(world: World, options: TrialOptions = {}): Promise<Trial> {
  const http = createHttp({ userAgent: 'Scanside/0.0.0-test', roots: [world.archive.ca] })
  const keyless = () => createVault({ load: () => Promise.reject(new Error('none')), service: 'org.scanside.test' })
  const desk = createArchiveDesk({
    http: () => http,
    siteRoots: [world.archive.ca],
    siteProjects: null,
    siteArchive: world.archive.urls.https,
    vault: keyless(),
    memoryVault: keyless(),
    demoLab: { open: () => Promise.reject(new Error('none')), stop: () => {} },
  })
  await desk.session().signIn({ address: world.archive.urls.https, user: 'demo', password: 'demo', provider: null, remember: false })
  world.noteDeskTokens()
  const connected = await connectCloud(accessOf(options.entry ?? world.proxy.entry), { http })
  const cloud: Cloud = options.withoutSwift ? { ...connected, objects: null } : connected
  const image = (await connected.images?.list())?.find(({ name }) => name === 'analysis-base')?.id ?? null
  const debts = options.debts ?? debtsInMemory()
  const install = options.install ?? randomUUID()
  const pipeline = await pipelineArchive()
  const row = (await desk.archive().sessions('DEMO-MS', 0, 100)).rows.find(({ label }) => label === 'P-0142_V01')
  if (!row) throw new Error('The demo has no session P-0142_V01.')
  const session = { project: row.project, subject: row.subjectId, session: row.id }
  const engine = createNovaEngine({
    id: `nova:${cloud.id}`,
    kind: 'nova',
    cloud,
    choices: { engine: 'nova', image, flavor: null, network: { kind: 'none' }, zone: null, maxMachines: 50, ...options.choices },
    tokens: () => desk.runTokens(),
    archive: () => desk.home(),
    imageSource: options.imageSource ?? (async () => ({ kind: 'present' })),
    debts,
    install,
    process: { pid: process.pid, pidStart: install, isAlive: (_, start) => start === install, openRuns: new Set() },
    now: () => new Date(),
    times: options.times ?? {},
    report: (error) => console.error('engine:', error),
  })
  return {
    engine,
    cloud,
    debts,
    install,
    spec(seconds = 0, more = {}) {
      const runId = more.runId ?? randomUUID()
      return {
        runId,
        imageId: '',
        argv: ['/bin/busybox', 'sh', '/look', String(seconds)],
        env: {},
        workingDir: null,
        mounts: [
          { name: 'input', path: '/input', writable: false },
          { name: 'output', path: '/output', writable: true },
        ],
        limits,
        image: { name: pipeline.name, digest: pipeline.digest },
        home: { archive: desk.home()?.id ?? '', session, name: `look/1.0/${runId}/results.json` },
        ...more,
      }
    },
    async scan() {
      const archive = desk.archive()
      const [file] = await archive.scanFiles(session, '1')
      if (!file) throw new Error('The demo has no scan 1.')
      return {
        kind: 'archive',
        uri: file.uri,
        path: 'SCANS/1/VOL/scan-1.vol',
        size: file.size,
        read: (signal) => archive.read(file, signal),
        original: { size: file.size, md5: file.md5, changes: [] },
      }
    },
    async close() {
      await desk.close()
      await cloud.close()
      await http.close()
    },
  }
}

/** Takes a run until something is refused, wipes it, and tells both. `during` is called once its machine is ordered. */
export async function refusedRun(trial: Trial, spec: RunSpec, inputs?: InputRef[], during?: () => Promise<void>) {
  const workspace = await trial.engine.open(spec)
  const refs = inputs ?? [await trial.scan()]
  const lines: string[] = []
  const refusal = await (async () => {
    await workspace.stage(
      refs.map((ref) => ({ mount: 'input', ref })),
      never,
      () => {},
    )
    await workspace.start(never, ({ text }) => lines.push(text))
    await during?.()
    await workspace.wait(never)
    await workspace.collect('output', never)
    return null
  })().catch((error: unknown) => error)
  return { refusal, lines, report: await workspace.wipe(), workspace }
}

export interface Ran {
  workspace: Workspace
  staged: StagedFile[]
  lines: Omit<LogLine, 'seq'>[]
  exit: ExitReport
  outputs: OutputRef[]
}

/** A run from its inputs to its outputs, without the wipe. */
export async function runOf(trial: Trial, spec: RunSpec, inputs?: InputRef[]): Promise<Ran> {
  const workspace = await trial.engine.open(spec)
  const refs = inputs ?? [await trial.scan()]
  const staged = await workspace.stage(
    refs.map((ref) => ({ mount: 'input', ref })),
    never,
    () => {},
  )
  const lines: Ran['lines'] = []
  await workspace.start(never, (line) => lines.push(line))
  const exit = await workspace.wait(never)
  const outputs = exit.exitCode === 0 ? await workspace.collect('output', never) : []
  return { workspace, staged, lines, exit, outputs }
}
