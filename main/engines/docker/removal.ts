/** Removing what a run created, and proving it by asking the engine again. Nothing here rejects: it says what is left. */
import type Docker from 'dockerode'
import type { Debts, OwedThing, ReceiptItem, WipeReport } from '../engine.ts'
import { isGone, statusOf } from './client.ts'
import { labelFilter, labelNames } from './labels.ts'

export interface Thing {
  kind: 'container' | 'volume'
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

/** 409: something is still holding it, or another removal is on its way. */
async function removeOnce(docker: Docker, thing: Pick<Thing, 'kind' | 'name'>): Promise<'removed' | 'absent' | 'held'> {
  try {
    if (thing.kind === 'container') await docker.getContainer(thing.name).remove({ force: true, v: true })
    else await docker.getVolume(thing.name).remove()
    return 'removed'
  } catch (fault) {
    if (isGone(fault)) return 'absent'
    if (statusOf(fault) === null) throw fault
    return 'held'
  }
}

/** Calls `onFound` for each that was there. */
async function removeAll(docker: Docker, things: Pick<Thing, 'kind' | 'name'>[], onFound: (name: string) => void): Promise<void> {
  await Promise.all(
    things.map(async (thing) => {
      for (let i = 1; i <= attempts; i += 1) {
        const outcome = await removeOnce(docker, thing)
        if (outcome !== 'absent') onFound(thing.name)
        if (outcome !== 'held') return
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
  /** ISO 8601; null where this is not known to have been created. */
  createdAt(name: string): string | null
  now(): Date
}

const sentence = (thing: Pick<Thing, 'kind' | 'name'>): string =>
  thing.kind === 'container' ? `The container ${thing.name} is still on the engine.` : `The volume ${thing.name} is still on the engine.`

/**
 * Containers, then volumes (a volume cannot go while a container refers to it), then the listing. The report names what was created
 * or found; what never came to be is not claimed to have been removed. `gone`: everything that is certainly not there now.
 */
export async function removeThings(
  docker: Docker,
  order: RemovalOrder,
): Promise<WipeReport & { gone(thing: Pick<Thing, 'kind' | 'name'>): boolean }> {
  const { things } = order
  const key = (thing: Pick<Thing, 'kind' | 'name'>): string => `${thing.kind} ${thing.name}`
  const of = (kind: Thing['kind']) => things.filter((thing) => thing.kind === kind)
  const found = new Set<string>()
  try {
    await removeAll(docker, of('container'), (name) => found.add(name))
    await removeAll(docker, of('volume'), (name) => found.add(name))
    const left = (await listThings(docker, ...order.labels)).filter(order.concerns)
    const keys = new Set(left.map(key))
    const at = order.now().toISOString()
    const items = things
      .filter(({ name }) => found.has(name) || order.createdAt(name) !== null)
      .map((thing): ReceiptItem => {
        const gone = !keys.has(key(thing))
        return {
          kind: thing.kind,
          name: thing.name,
          createdAt: order.createdAt(thing.name) ?? at,
          removedAt: gone ? at : null,
          check: gone ? 'listing by label is empty of it' : null,
        }
      })
    return { items, complete: left.length === 0, owed: left.map(sentence), gone: (thing) => !keys.has(key(thing)) }
  } catch {
    const at = order.now().toISOString()
    return {
      items: things.map(({ kind, name }) => ({ kind, name, createdAt: order.createdAt(name) ?? at, removedAt: null, check: null })),
      complete: false,
      owed: things.map(({ kind, name }) => `The engine does not answer, so it is not known whether the ${kind} ${name} is gone.`),
      gone: () => false,
    }
  }
}

/** Of a run's debts: what a container engine holds. */
export const heldByEngine = (debts: OwedThing[]): (OwedThing & Thing)[] =>
  debts.flatMap((debt) => (debt.kind === 'container' || debt.kind === 'volume' ? [{ ...debt, kind: debt.kind, labels: {} }] : []))

/** Takes what is gone off the list. A list that cannot be written stays as it was: the next start looks again. */
export function settleGone<T extends OwedThing>(debts: Debts, owed: T[], gone: (thing: T) => boolean): void {
  for (const thing of owed) {
    if (!gone(thing)) continue
    try {
      debts.settle(thing)
    } catch {
      return
    }
  }
}

/** Labels that name one run of one installation. */
export const runLabels = (install: string, run: string): [string, string][] => [
  [labelNames.managed, '1'],
  [labelNames.install, install],
  [labelNames.run, run],
]
