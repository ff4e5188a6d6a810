/** What of this installation is in the cloud, and what it still owes there: for the page 'left in the cloud'. */
import type { Output } from '../../preload/contract.ts'
import { labelNames } from '../engines/docker/labels.ts'
import type { OwedThing } from '../engines/engine.ts'
import type { Cloud } from '../openstack/openstack.ts'
import { imagesContainer } from './image-source.ts'

export type LeftThing = Output<'cloud.left'>['things'][number]

const prefix = 'scanside-'
const most = 2_000

/** Engines whose things are in a cloud, or are tokens a cloud's machine was given. */
export const isCloudEngine = (engine: string): boolean => engine.startsWith('nova:') || engine.startsWith('zun:')

/** In Swift a label has no dots and no `org` (a run's object container), and some clouds change what is between and the letters: the ends count. */
const labelIn = (metadata: Record<string, string>, name: string): string | null => {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z]/g, '')
      .replace(/^org/, '')
  const wanted = plain(name)
  for (const [key, value] of Object.entries(metadata)) if (plain(key) === wanted) return value
  return null
}

const found = (kind: LeftThing['kind'], name: string, metadata: Record<string, string>, since: string | null): LeftThing => ({
  kind,
  name,
  run: labelIn(metadata, labelNames.run) ?? name.slice(prefix.length),
  since: since ?? labelIn(metadata, labelNames.created),
  use: 'owed',
})

/** Lists servers, containers and object containers that carry this installation's label, or are owed by name. */
async function listed(cloud: Cloud, install: string, owedNames: Set<string>, signal?: AbortSignal): Promise<LeftThing[]> {
  const ours = (name: string, metadata: Record<string, string>) => {
    const owner = labelIn(metadata, labelNames.install)
    return owner === null ? owedNames.has(name) : owner === install
  }
  const servers = async () => (await cloud.compute?.serversOf(prefix, signal)) ?? []
  const capsules = async () => (await cloud.capsules?.capsulesOf(prefix, signal)) ?? []
  const objectContainers = async () => {
    const { objects } = cloud
    if (!objects) return []
    const names = (await objects.containersOf(prefix, signal)).filter((name) => name !== imagesContainer).slice(0, most)
    const looked: LeftThing[] = []
    // One at a time: many clouds answer many requests at once with 429.
    for (const name of names) {
      const container = await objects.container(name, signal)
      if (container && ours(name, container.metadata)) looked.push(found('object-container', name, container.metadata, null))
    }
    return looked
  }
  const [machines, containers, stores] = await Promise.all([servers(), capsules(), objectContainers()])
  return [
    ...machines.filter((server) => ours(server.name, server.metadata)).map((server) => found('server', server.name, server.metadata, server.created)),
    ...containers.filter((one) => ours(one.name, one.labels)).map((one) => found('container', one.name, one.labels, null)),
    ...stores,
  ]
}

/** When a token may have been issued: its intent is called `<run>.<server's clock, ms>`. */
const sinceOf = (thing: OwedThing): string | null => {
  const ms = thing.kind === 'token-intent' ? Number(thing.name.slice(thing.name.lastIndexOf('.') + 1)) : Number.NaN
  return Number.isSafeInteger(ms) && ms > 0 && ms < 8.64e15 ? new Date(ms).toISOString() : null
}

const owedThing = (thing: OwedThing): LeftThing | null =>
  thing.kind === 'volume'
    ? null
    : { kind: thing.kind === 'token-intent' ? 'token' : thing.kind, name: thing.name, run: thing.runId, since: sinceOf(thing), use: 'owed' }

/**
 * Everything that is there or owed, each once.
 * @param parts.cloud null where nobody is signed in: then only what was written down is known
 * @param parts.active runs of this desk that are under way
 * @throws ScansideError as the cloud's listings do
 */
export async function leftInCloud(
  parts: { cloud: Cloud | null; install: string; debts: OwedThing[]; active: ReadonlySet<string> },
  signal?: AbortSignal,
): Promise<LeftThing[]> {
  const owed = parts.debts.filter(({ engine }) => isCloudEngine(engine))
  const there = parts.cloud ? await listed(parts.cloud, parts.install, new Set(owed.map(({ name }) => name)), signal) : []
  const things = new Map<string, LeftThing>()
  for (const thing of [...there, ...owed.map(owedThing).filter((each) => each !== null)]) {
    const key = `${thing.kind} ${thing.name}`
    if (!things.has(key)) things.set(key, { ...thing, use: parts.active.has(thing.run) ? 'working' : 'owed' })
  }
  return [...things.values()].slice(0, most)
}

/** This desk's machines that the cloud's limits count, by a listing. */
export async function ownMachines(cloud: Cloud, install: string): Promise<number> {
  const servers = (await cloud.compute?.serversOf(prefix)) ?? []
  return servers.filter(({ metadata }) => labelIn(metadata, labelNames.install) === install).length
}
