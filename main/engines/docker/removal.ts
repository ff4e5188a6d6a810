/** Removing what a run created, and proving it by asking the engine again. Nothing here rejects: it says what is left. */
import type Docker from 'dockerode'
import type { OwedThing, ReceiptItem, WipeReport } from '../engine.ts'
import { isGone, statusOf } from './client.ts'
import { labelFilter, labelNames } from './labels.ts'

export interface Thing {
  kind: OwedThing['kind']
  name: string
  labels: Record<string, string>
}

const attempts = 3
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Containers (running or not) and volumes that carry all the labels. Rejects where the engine does not answer. */
export async function listThings(docker: Docker, ...labels: [string, string][]): Promise<Thing[]> {
  const filters = labelFilter(...labels)
  const [containers, volumes] = await Promise.all([docker.listContainers({ all: true, filters }), docker.listVolumes({ filters })])
  const things: Thing[] = [
    ...containers.map((c): Thing => ({ kind: 'container', name: (c.Names[0] ?? c.Id).replace(/^\//, ''), labels: c.Labels ?? {} })),
    ...(volumes.Volumes ?? []).map((v): Thing => ({ kind: 'volume', name: v.Name, labels: v.Labels ?? {} })),
  ]
  // Podman takes volumes that carry any of the labels; nothing of another run may ever be listed here.
  return things.filter((thing) => labels.every(([name, value]) => thing.labels[name] === value))
}

/** True when it is gone, whoever removed it. 409: something is still holding it, or another removal is on its way. */
async function removeOnce(docker: Docker, thing: Pick<Thing, 'kind' | 'name'>): Promise<boolean> {
  try {
    if (thing.kind === 'container') await docker.getContainer(thing.name).remove({ force: true, v: true })
    else await docker.getVolume(thing.name).remove()
    return true
  } catch (fault) {
    if (isGone(fault)) return true
    if (statusOf(fault) === null) throw fault
    return false
  }
}

async function removeAll(docker: Docker, things: Pick<Thing, 'kind' | 'name'>[]): Promise<void> {
  await Promise.all(
    things.map(async (thing) => {
      for (let i = 1; i <= attempts; i += 1) {
        if (await removeOnce(docker, thing)) return
        if (i < attempts) await pause(150 * i)
      }
    }),
  )
}

export interface RemovalOrder {
  things: Pick<Thing, 'kind' | 'name'>[]
  /** The labels the listing afterwards is asked for. */
  labels: [string, string][]
  /** Of the listed: which must be gone. Others are somebody's. */
  concerns(thing: Thing): boolean
  /** ISO 8601 where known. */
  createdAt(name: string): string
  now(): Date
}

const sentence = (thing: Pick<Thing, 'kind' | 'name'>): string =>
  thing.kind === 'container' ? `The container ${thing.name} is still on the engine.` : `The volume ${thing.name} is still on the engine.`

/** Containers, then volumes (a volume cannot go while a container refers to it), then the listing. */
export async function removeThings(docker: Docker, order: RemovalOrder): Promise<WipeReport> {
  const { things } = order
  const items = (removedAt: string | null, left: Set<string>): ReceiptItem[] =>
    things.map((thing) => {
      const gone = removedAt !== null && !left.has(`${thing.kind} ${thing.name}`)
      return {
        kind: thing.kind,
        name: thing.name,
        createdAt: order.createdAt(thing.name),
        removedAt: gone ? removedAt : null,
        check: gone ? 'listing by label is empty of it' : null,
      }
    })
  try {
    await removeAll(
      docker,
      things.filter(({ kind }) => kind === 'container'),
    )
    await removeAll(
      docker,
      things.filter(({ kind }) => kind === 'volume'),
    )
    const left = (await listThings(docker, ...order.labels)).filter(order.concerns)
    const names = new Set(left.map((thing) => `${thing.kind} ${thing.name}`))
    return { items: items(order.now().toISOString(), names), complete: left.length === 0, owed: left.map(sentence) }
  } catch {
    return {
      items: items(null, new Set()),
      complete: false,
      owed: things.map((thing) => `The engine does not answer, so it is not known whether the ${thing.kind} ${thing.name} is gone.`),
    }
  }
}

/** Labels that name one run of one installation. */
export const runLabels = (install: string, run: string): [string, string][] => [
  [labelNames.managed, '1'],
  [labelNames.install, install],
  [labelNames.run, run],
]
