/** The stand-in's containers: kept as Zun keeps them, and really run on a Docker engine with the host's network. */
import { randomUUID } from 'node:crypto'
import type Docker from 'dockerode'
import { z } from 'zod'
import { Refused } from './refused.ts'

/** Every container the stand-in runs carries this label with its own id, so that its end takes them along. */
export const standInLabel = 'org.scanside.test.zun'

const pattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/
const text = z.string().nullish()
const number = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/)]).transform(Number)

/** What a container is created with: the names and forms of the API's schema; anything else is refused, as Zun does. */
const creation = z.strictObject({
  name: z.string().min(2).max(255).regex(pattern).nullish(),
  image: z.string().min(2).max(255),
  image_driver: z.enum(['docker', 'glance']).nullish(),
  image_pull_policy: z.enum(['never', 'always', 'ifnotpresent']).nullish(),
  command: z.union([z.string(), z.array(z.string())]).nullish(),
  entrypoint: z.array(z.string()).nullish(),
  environment: z.record(z.string(), z.string()).nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  cpu: number.nullish(),
  memory: number.nullish(),
  disk: number.nullish(),
  workdir: text,
  hostname: text,
  runtime: text,
  host: text,
  registry: text,
  availability_zone: text,
  auto_remove: z.boolean().nullish(),
  auto_heal: z.boolean().nullish(),
  interactive: z.boolean().nullish(),
  tty: z.boolean().nullish(),
  privileged: z.boolean().nullish(),
  hints: z.record(z.string(), z.unknown()).nullish(),
  mounts: z.array(z.unknown()).max(0).nullish(),
  security_groups: z.array(z.string()).nullish(),
  exposed_ports: z.record(z.string(), z.unknown()).nullish(),
  nets: z.array(z.strictObject({ network: z.string().optional(), port: z.string().optional() })).nullish(),
  restart_policy: z.strictObject({ Name: z.string(), MaximumRetryCount: z.union([z.string(), z.number()]).nullish() }).nullish(),
})

type Status = 'Creating' | 'Created' | 'Running' | 'Stopped' | 'Error' | 'Deleting'

interface Kept {
  uuid: string
  project: string
  asked: z.infer<typeof creation>
  name: string
  status: Status
  reason: string | null
}

/** What is in the way of a request, as it is in a cloud. */
export interface Faults {
  /** Orders stay in Creating so long, ms. */
  slowMs: number
  /** Containers a project may have; -1: as many as it likes. */
  quota: number
  /** The next so many deletions are refused with 409. */
  busy: number
  /** The next so many orders are carried out, and their answer is lost. */
  loseAnswers: number
}

export const noFaults = (): Faults => ({ slowMs: 0, quota: -1, busy: 0, loseAnswers: 0 })

const before = (version: number, microversion: number): boolean => microversion < version

/** `9 mins ago`, in the words of Zun's driver. */
const ago = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds} seconds ago`
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} mins ago` : `${Math.floor(seconds / 3_600)} hours ago`
}

export function openContainers(docker: Docker, id: string, faults: Faults) {
  const all = new Map<string, Kept>()
  const working = new Set<Promise<void>>()
  const nameOf = (kept: Kept) => `zun-${kept.uuid}`

  const later = (work: Promise<void>): void => {
    working.add(work)
    void work.finally(() => working.delete(work))
  }

  const bringUp = async (kept: Kept, run: boolean): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, faults.slowMs))
    const { asked } = kept
    try {
      const created = await docker.createContainer({
        name: nameOf(kept),
        Image: asked.image,
        Env: Object.entries(asked.environment ?? {}).map(([name, value]) => `${name}=${value}`),
        Labels: { ...asked.labels, [standInLabel]: id },
        ...(asked.workdir ? { WorkingDir: asked.workdir } : {}),
        ...(asked.entrypoint ? { Entrypoint: asked.entrypoint } : {}),
        ...(asked.command ? { Cmd: typeof asked.command === 'string' ? asked.command.split(' ') : asked.command } : {}),
        HostConfig: {
          NetworkMode: 'host',
          ...(asked.memory ? { Memory: asked.memory * 1024 * 1024 } : {}),
          ...(asked.cpu ? { CpuShares: Math.round(asked.cpu * 1024) } : {}),
        },
      })
      if (!run) {
        kept.status = 'Created'
        return
      }
      await created.start()
      if (kept.status === 'Creating') kept.status = 'Running'
    } catch (fault) {
      kept.status = 'Error'
      kept.reason = fault instanceof Error ? fault.message : 'failed'
    }
  }

  const takeDown = async (kept: Kept, stop: boolean): Promise<void> => {
    const container = docker.getContainer(nameOf(kept))
    if (stop) await container.stop({ t: 10 }).catch(() => {})
    await container.remove({ force: true, v: true }).catch(() => {})
    all.delete(kept.uuid)
  }

  /** As the engine has it now. */
  const refreshed = async (kept: Kept): Promise<{ kept: Kept; detail: string | null }> => {
    if (kept.status !== 'Running' && kept.status !== 'Stopped') return { kept, detail: null }
    try {
      const { State } = await docker.getContainer(nameOf(kept)).inspect()
      if (kept.status !== 'Running' && kept.status !== 'Stopped') return { kept, detail: null }
      kept.status = State.Running ? 'Running' : 'Stopped'
      if (State.Running) return { kept, detail: `Up ${ago(Date.now() - Date.parse(State.StartedAt)).replace(' ago', '')}` }
      const error = State.Error === '' ? '' : ' (error)'
      return { kept, detail: `Exited(${State.ExitCode}) ${ago(Date.now() - Date.parse(State.FinishedAt))} ${error}` }
    } catch {
      return { kept, detail: null }
    }
  }

  const shown = async (one: Kept) => {
    const { kept, detail } = await refreshed(one)
    const { asked } = kept
    return {
      uuid: kept.uuid,
      name: kept.name,
      links: [],
      addresses: {},
      image: asked.image,
      image_driver: asked.image_driver ?? 'docker',
      image_pull_policy: asked.image_pull_policy ?? null,
      command: asked.command ?? null,
      environment: asked.environment ?? {},
      labels: asked.labels ?? {},
      cpu: asked.cpu ?? 0,
      memory: asked.memory ? `${asked.memory}M` : '0',
      disk: 0,
      workdir: asked.workdir ?? null,
      hostname: asked.hostname ?? null,
      security_groups: [],
      ports: [],
      auto_remove: asked.auto_remove ?? false,
      auto_heal: false,
      privileged: false,
      interactive: asked.interactive ?? false,
      restart_policy: asked.restart_policy ?? { Name: 'no', MaximumRetryCount: '0' },
      runtime: null,
      healthcheck: {},
      registry_id: null,
      host: 'stand-in',
      task_state: null,
      project_id: kept.project,
      user_id: null,
      status: kept.status,
      status_detail: detail,
      status_reason: kept.reason,
    }
  }

  const find = (project: string, wanted: string): Kept => {
    const mine = [...all.values()].filter((kept) => kept.project === project)
    const named = mine.filter(({ uuid, name }) => uuid === wanted || name === wanted)
    if (named.length > 1) throw new Refused(409, 'Conflict', 'Multiple containers exist with same name. Please use the container uuid instead.')
    const [kept] = named
    if (kept === undefined) throw new Refused(404, 'Not Found', `Container ${wanted} could not be found.`)
    return kept
  }

  return {
    async list(project: string, limit: number, marker: string | null) {
      const mine = [...all.values()].filter((kept) => kept.project === project)
      const from = marker === null ? 0 : mine.findIndex(({ uuid }) => uuid === marker) + 1
      if (marker !== null && from === 0) throw new Refused(404, 'Not Found', `Container ${marker} could not be found.`)
      const page = mine.slice(from, from + limit)
      return { containers: await Promise.all(page.map(shown)), more: from + limit < mine.length }
    },
    show: async (project: string, wanted: string) => await shown(find(project, wanted)),
    async create(project: string, body: unknown, run: boolean, microversion: number) {
      const parsed = creation.safeParse(body)
      if (!parsed.success) throw new Refused(400, 'Bad Request', `Invalid input for field/attribute ${parsed.error.issues[0]?.path.join('.') ?? ''}.`)
      const asked = parsed.data
      if (asked.nets && before(2, microversion)) throw new Refused(400, 'Bad Request', 'nets needs 1.2')
      if (Array.isArray(asked.command) === before(20, microversion) && asked.command)
        throw new Refused(400, 'Bad Request', 'Invalid command: a list from 1.20, a text before.')
      if (faults.quota >= 0 && [...all.values()].filter((kept) => kept.project === project).length >= faults.quota) {
        throw new Refused(403, 'Forbidden', 'Quota exceeded for resources: [containers]')
      }
      const uuid = randomUUID()
      const kept: Kept = { uuid, project, asked, name: asked.name ?? `stand-in-${uuid.slice(0, 8)}-container`, status: 'Creating', reason: null }
      all.set(uuid, kept)
      later(bringUp(kept, run))
      return await shown(kept)
    },
    async logs(project: string, wanted: string): Promise<string> {
      const kept = find(project, wanted)
      if (kept.status === 'Creating' || kept.status === 'Error')
        throw new Refused(409, 'Conflict', `Cannot logs container ${kept.uuid} in ${kept.status} state`)
      const raw = (await docker.getContainer(nameOf(kept)).logs({ stdout: true, stderr: true })) as unknown as Buffer
      const lines: string[] = []
      for (let at = 0; at + 8 <= raw.length; ) {
        const length = raw.readUInt32BE(at + 4)
        lines.push(raw.subarray(at + 8, at + 8 + length).toString('utf8'))
        at += 8 + length
      }
      return lines.join('')
    },
    async remove(project: string, wanted: string, { stop, force, admin }: { stop: boolean; force: boolean; admin: boolean }): Promise<void> {
      const kept = find(project, wanted)
      if (force && !admin) throw new Refused(403, 'Forbidden', "Policy doesn't allow container:delete_force to be performed.")
      await refreshed(kept)
      if (faults.busy > 0) {
        faults.busy -= 1
        throw new Refused(409, 'Conflict', `Cannot delete container ${kept.uuid}: it is busy.`)
      }
      if (!force && (kept.status === 'Creating' || kept.status === 'Deleting' || (kept.status === 'Running' && !stop))) {
        throw new Refused(409, 'Conflict', `Cannot delete container ${kept.uuid} in ${kept.status} state`)
      }
      kept.status = 'Deleting'
      later(takeDown(kept, stop))
    },
    /** Ends everything, also what an order is still on its way for. */
    async stop(): Promise<void> {
      await Promise.all(working)
      await Promise.all([...all.values()].map((kept) => takeDown(kept, false)))
    },
  }
}

export type Containers = ReturnType<typeof openContainers>
