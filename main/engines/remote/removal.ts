/** The end of a run in the cloud: its machine, its objects, its token; each proved, each debt settled only then. Nothing here rejects. */
import { ScansideError } from '../../../oct/errors.ts'
import type { OwedThing, ReceiptItem, WipeReport } from '../engine.ts'
import type { Carrier } from './carrier.ts'
import { removeDrop } from './drop.ts'
import { remoteName } from './job.ts'
import type { RemoteEngineParts } from './parts.ts'

/** What no listing of a cloud can show. */
export const cloudCannotProve = (tokenInUserData: boolean): string[] => [
  'That nothing of the machine is left on the disks of the cloud’s hosts: its provider erases them, or does not.',
  'What the cloud’s provider keeps in backups and snapshots of hosts, of its databases and of its object store.',
  ...(tokenInUserData
    ? [
        'That nobody read the archive’s token in the cloud’s own database while it was good: without an object store it travelled in the machine’s user data.',
      ]
    : []),
]

interface Removed {
  items: ReceiptItem[]
  owed: string[]
}

const nothing: Removed = { items: [], owed: [] }

const told = (error: unknown): string => (error instanceof ScansideError ? ` ${error.message}` : '')

/**
 * Removes everything of one run.
 * @param createdAt when a thing was created, ISO 8601; null where this process did not
 */
export async function removeRun(
  parts: RemoteEngineParts,
  carrier: Carrier,
  run: string,
  createdAt: (kind: ReceiptItem['kind'], name: string) => string | null,
): Promise<WipeReport> {
  const name = remoteName(run)
  const debtsOf = (kind: OwedThing['kind']) => parts.debts.list(parts.id).filter((thing) => thing.runId === run && thing.kind === kind)
  const at = () => parts.now().toISOString()
  const item = (kind: ReceiptItem['kind'], of: string, check: string | null): ReceiptItem => ({
    kind,
    name: of,
    createdAt: createdAt(kind, of) ?? at(),
    removedAt: check === null ? null : at(),
    check,
  })
  const settle = (things: OwedThing[]) => {
    for (const thing of things) parts.debts.settle(thing)
  }

  const removeCarried = async (): Promise<Removed> => {
    try {
      const { removed, check } = await carrier.remove(name)
      settle(debtsOf(carrier.kind))
      return removed === 0 && createdAt(carrier.kind, name) === null ? nothing : { items: [item(carrier.kind, name, check)], owed: [] }
    } catch (error) {
      if (!(error instanceof ScansideError)) parts.report(error)
      return {
        items: [item(carrier.kind, name, null)],
        owed: [`It is not certain that the ${carrier.kind} ${name} is gone from the cloud.${told(error)}`],
      }
    }
  }

  const removeObjects = async (): Promise<Removed> => {
    const { objects } = parts.cloud
    if (objects === null) return nothing
    try {
      const removed = await removeDrop(objects, run)
      settle(debtsOf('object-container'))
      return removed === null && createdAt('object-container', name) === null
        ? nothing
        : { items: [item('object-container', name, removed?.check ?? 'the container answers 404')], owed: [] }
    } catch (error) {
      // An object store this account may not use, and never used for this run.
      if (error instanceof ScansideError && error.code === 'forbidden' && debtsOf('object-container').length === 0) return nothing
      if (!(error instanceof ScansideError)) parts.report(error)
      return {
        items: [item('object-container', name, null)],
        owed: [`It is not certain that the object container ${name} is gone from the cloud.${told(error)}`],
      }
    }
  }

  const endToken = async (debt: OwedThing): Promise<Removed> => {
    try {
      const tokens = parts.tokens()
      if (tokens === null) throw new ScansideError('unauthorized', 'Sign in to the archive, then it is withdrawn.')
      const proof = await tokens.withdraw(debt.name)
      parts.debts.settle(debt)
      return { items: [item('token', debt.name, proof)], owed: [] }
    } catch (error) {
      if (!(error instanceof ScansideError)) parts.report(error)
      return { items: [item('token', debt.name, null)], owed: [`The archive’s token ${debt.name} is not withdrawn yet.${told(error)}`] }
    }
  }

  /** A token that may have been issued before its name could be written down. */
  const resolveIntent = async (debt: OwedThing): Promise<Removed> => {
    try {
      const tokens = parts.tokens()
      if (tokens === null) throw new ScansideError('unauthorized', 'Sign in to the archive, then it is looked for.')
      const from = Number(debt.name.slice(debt.name.lastIndexOf('.') + 1))
      const found = await tokens.unknownSince(from - 2_000, from + 60_000)
      const ends: Removed[] = []
      for (const alias of found) {
        const thing: OwedThing = { ...debt, kind: 'token', name: alias }
        parts.debts.incur(thing)
        ends.push(await endToken(thing))
      }
      parts.debts.settle(debt)
      return { items: ends.flatMap(({ items }) => items), owed: ends.flatMap(({ owed }) => owed) }
    } catch (error) {
      if (!(error instanceof ScansideError)) parts.report(error)
      return { items: [], owed: [`It is not certain that no token of the archive is left of a run that was interrupted.${told(error)}`] }
    }
  }

  const tokensOf = async (): Promise<Removed[]> => {
    const known = await Promise.all(debtsOf('token').map(endToken))
    const intents: Removed[] = []
    for (const debt of debtsOf('token-intent')) intents.push(await resolveIntent(debt))
    return [...known, ...intents]
  }

  try {
    // At once: what a machine still writes goes with the container, and after that its links open nothing.
    const [machine, objects, tokens] = await Promise.all([removeCarried(), removeObjects(), tokensOf()])
    const all = [machine, objects, ...tokens]
    const owed = all.flatMap((one) => one.owed)
    return { items: all.flatMap((one) => one.items), complete: owed.length === 0, owed }
  } catch (error) {
    parts.report(error)
    return { items: [], complete: false, owed: [`What is left of the run ${run} could not be written down. It is looked for again.`] }
  }
}
