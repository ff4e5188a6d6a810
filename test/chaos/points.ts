/** Where a run can be struck: the requests that it makes of its engine and of the archive, found by watching one that nobody disturbs. */
import type { Asked } from '../openstack/proxy.ts'
import type { EngineAsked } from './engine-cable.ts'
import type { ChaosWorld, Place } from './world.ts'
import { settled } from './world.ts'

/** `sending`, `receiving`: with half of a body on its way. */
export type When = 'before' | 'after' | 'sending' | 'receiving'

export interface Point {
  at: 'engine' | 'archive'
  kind: string
  when: When
  /** Which request of this kind, from 1. */
  nth: number
}

const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** A request's kind: without ids and version. */
export const engineKind = ({ method, path }: EngineAsked): string =>
  `${method} ${decodeURIComponent(path)
    .replace(/^\/v[\d.]+/, '')
    .replace(ids, '<run>')
    .replace(/\b[0-9a-f]{64}\b/g, '<id>')
    .replace(/\?(?!name=|path=).*$/, '')
    .replace(/&.*$/, '')}`

export const archiveKind = ({ method, path }: Asked): string => `${method} ${path.replace(/\?.*$/, '').replace(ids, '<run>')}`

export const ofDesk = ({ agent }: Asked): boolean => agent.startsWith('Scanside/')

/** What the desk asks of its engine all the time, whatever its runs do. */
const always = /_ping|\/version|\/info|\/images\/|\/system\//

const changes = (kind: string) => !/^(GET|HEAD) /.test(kind)

/** A body of some size goes in, or comes out. */
const fills = /^PUT \/containers\/.*archive/
const pours = /^GET .*(\.vol|\/archive\?)/

const whensOf = (kind: string): When[] => [
  'before',
  ...(changes(kind) ? (['after'] as const) : []),
  ...(fills.test(kind) ? (['sending'] as const) : []),
  ...(pours.test(kind) ? (['receiving'] as const) : []),
]

/** Runs once without any disturbance and tells where it could have been struck, in the order in which it came there. */
export async function pointsOf(world: ChaosWorld, place: Place): Promise<Point[]> {
  await world.nextLife()
  await settled(world)
  const order = await world.order(place)
  const from = { engine: world.cable.asked.length, archive: world.side.middle.asked.length }
  await world.desk().call('runs.start', order)
  await settled(world)
  const engine = place === 'built in' ? [] : world.cable.asked.slice(from.engine).map(engineKind)
  const archive = world.side.middle.asked.slice(from.archive).filter(ofDesk).map(archiveKind)
  const kinds = (at: Point['at'], all: string[]) =>
    [...new Set(all)]
      .filter((kind) => !always.test(kind))
      .flatMap((kind) => [
        ...whensOf(kind).map((when): Point => ({ at, kind, when, nth: 1 })),
        // The second of two volumes; the listing that is read after the upload. How often an engine is asked for its lists is not fixed.
        ...((changes(kind) || at === 'archive') && all.filter((one) => one === kind).length > 1
          ? [{ at, kind, when: 'before' as const, nth: 2 }]
          : []),
      ])
  return [...kinds('engine', engine), ...kinds('archive', archive)]
}

export const nameOf = ({ kind, when, nth }: Point): string =>
  `${{ before: 'before', after: 'after', sending: 'in the midst of', receiving: 'in the midst of' }[when]} ${nth > 1 ? 'the second ' : ''}${kind}`

/** Calls `strike` once, when the first request of this kind has come so far; nothing more of it is passed on until it has ended. Answers how to take it away. */
export function strikeAt(world: ChaosWorld, point: Point, strike: () => Promise<void>): { struck(): boolean; away(): void } {
  let struck = false
  let come = 0
  const once = async () => {
    if (struck || ++come < point.nth) return
    struck = true
    await strike()
  }
  if (point.at === 'engine') {
    const on = (when: When) => async (asked: EngineAsked) => {
      if (point.when === when && engineKind(asked) === point.kind) await once()
    }
    // Half of the scan, and some of the results.
    const halfOf = (when: When, least: number) => async (asked: EngineAsked, bytes: number) => {
      if (bytes >= least) await on(when)(asked)
    }
    world.cable.watch({ before: on('before'), answered: on('after'), sending: halfOf('sending', 500_000), receiving: halfOf('receiving', 1) })
  } else {
    const meant = (asked: Asked) => ofDesk(asked) && archiveKind(asked) === point.kind
    world.side.middle.meddle(async (asked) => {
      if (point.when !== 'before' || struck || !meant(asked)) return null
      await once()
      return struck ? { kind: 'cut-before' } : null
    })
    world.side.middle.onAnswered(async (asked) => {
      if (point.when === 'after' && meant(asked)) await once()
    })
    world.side.onSent(
      point.when !== 'receiving'
        ? null
        : async (asked, bytes) => {
            if (bytes >= 500_000 && archiveKind(asked) === point.kind) await once()
          },
    )
  }
  return {
    struck: () => struck,
    away() {
      world.cable.watch(null)
      world.side.middle.meddle(null)
      world.side.middle.onAnswered(null)
      world.side.onSent(null)
    },
  }
}
