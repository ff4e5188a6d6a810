/** What a receipt says: only what was checked, and beside it what no listing can show. */
import type { Receipt } from '../../preload/contract.ts'
import type { Published } from '../archive/archive.ts'
import type { EngineHealth, OwedThing, WipeReport } from '../engines/engine.ts'

/** How the line begins where the application itself was the engine. */
export const builtinLine = 'this application'

/** The engine as one line: `docker 28.2.2`, with where it is when that is not here. */
export const engineLine = (health: EngineHealth | null): string =>
  health === null
    ? 'not known'
    : health.kind === 'builtin'
      ? [builtinLine, health.version].filter(Boolean).join(' ')
      : health.kind === 'nova' || health.kind === 'zun'
        ? [health.kind, hostOf(health.endpoint)].filter(Boolean).join(' at ')
        : `${[health.kind ?? 'engine', health.version].filter(Boolean).join(' ')}${health.remote ? ', on another machine' : ''}`

const hostOf = (endpoint: string | null): string | null => {
  if (endpoint === null) return null
  return URL.canParse(endpoint) && new URL(endpoint).host !== '' ? new URL(endpoint).host : endpoint
}

/** What this receipt cannot prove, as sentences. */
export const cannotProve = (health: EngineHealth | null, place: 'here' | 'cloud' = 'here'): string[] =>
  place === 'cloud' ? ofCloud : health?.kind === 'builtin' ? ofMemory : ofDisk(health)

const ofCloud = [
  'Removed, not erased: what the machine’s disk and memory held may be readable to the cloud until they are written again.',
  'What the cloud keeps of the machine by itself: its records, console and backups.',
]

const ofMemory = ['Let go of, not overwritten: parts of the memory may have been written to the system’s swap file.']

const ofDisk = (health: EngineHealth | null): string[] => [
  'Removed, not erased: blocks on the medium may be readable until they are written again.',
  ...(health === null || health.dataRoot === 'not-known' ? ["Whether the disk that holds the engine's data is encrypted."] : []),
  ...(health?.remote ? ["What the engine's own machine keeps in backups."] : []),
]

/** A thing still there, as a line. */
export const owedLine = (thing: OwedThing): string => `${thing.kind} ${thing.name}`

export interface ReceiptFacts {
  id: string
  run: string
  by: string
  at: string
  wipe: WipeReport
  published: Published[]
  /** What owed.db still holds for this run. */
  owed: OwedThing[]
  health: EngineHealth | null
  /** Here where left out. */
  place?: 'here' | 'cloud'
  /** The engine's line as the run noted it, for one that is not known any more. */
  engine?: string
}

/** A receipt but for its place in the chain. Complete only where the wipe says so and nothing is owed. */
export const receiptOf = ({ id, run, by, at, wipe, published, owed, health, place, engine }: ReceiptFacts): Omit<Receipt, 'chain'> => ({
  id,
  run,
  by,
  at,
  complete: wipe.complete && owed.length === 0,
  items: wipe.items.slice(0, 10_000),
  published,
  // Each thing once: the wipe's own sentence tells more than the bare name.
  owed: [...new Set([...wipe.owed, ...owed.filter(({ name }) => !wipe.owed.some((said) => said.includes(name))).map(owedLine)])].slice(0, 1_000),
  cannotProve: [...new Set([...cannotProve(health, place), ...(wipe.cannotProve ?? [])])].slice(0, 20),
  engine: health === null && engine ? engine : engineLine(health),
})

/** Merges an earlier receipt's items with those of a later wipe: the later word on a name counts. */
export const mergeItems = (earlier: Receipt['items'], later: Receipt['items']): Receipt['items'] => {
  const merged = new Map(earlier.map((item) => [`${item.kind} ${item.name}`, item]))
  for (const item of later) {
    const before = merged.get(`${item.kind} ${item.name}`)
    merged.set(`${item.kind} ${item.name}`, before ? { ...item, createdAt: before.createdAt } : item)
  }
  return [...merged.values()]
}
