/** What the self-check looks at, each in its own time, and how: effects here, judgements in `judge.ts` and `judge-network.ts`. */
import type { Check } from '../../preload/diagnostics.ts'
import type { CloudRoom } from '../cloud/cloud.ts'
import type { LocalEngine } from '../local-engine.ts'
import type { Chain } from '../store/chain.ts'
import type { Vault } from '../vault/vault.ts'
import { firstThatFails } from './audit-export.ts'
import type { Look } from './bounded.ts'
import { judgeDataRoot, judgeDisk, judgeEngine, judgeKeyring, judgeOutbox, judgeReceipts, judgeRecords, type RecordFacts } from './judge.ts'
import { type CertificateFound, judgeArchive, judgeCertificate, judgeClock, judgeCloud } from './judge-network.ts'
import { type AskArchive, roundTrip } from './round-trip.ts'

/** Where to look. Whatever here may hang is given a signal, or is waited for no longer than its check's time. */
export interface Places {
  engine: Pick<LocalEngine, 'health' | 'refresh'>
  vault: Pick<Vault, 'status' | 'recheck'>
  /** bytes free where the desk keeps its files; null where that is not told */
  ownFree(): Promise<number | null>
  /** bytes free where the engine keeps its volumes; null where that is another machine or not known */
  engineFree(): Promise<number | null>
  /** How to ask the archive somebody is signed in to; null where nobody is. */
  archive(): AskArchive | null
  /** How to ask the archive the site fixes, without signing in; null where it fixes none. */
  siteArchive(): AskArchive | null
  certificate(signal: AbortSignal): Promise<CertificateFound>
  cloud: Pick<CloudRoom, 'status' | 'refresh' | 'cloud'>
  records(): RecordFacts
  outbox(): { waiting: number; blocked: number; locked: number }
  chain: Pick<Chain, 'after' | 'anchor' | 'follows' | 'extent'>
  now(): number
}

/** ms; each check's own */
export const limits: Record<Check['id'], number> = {
  engine: 5_000,
  'data-root': 5_500,
  keyring: 4_000,
  disk: 3_000,
  archive: 5_000,
  certificate: 5_000,
  clock: 6_000,
  cloud: 6_000,
  records: 2_000,
  outbox: 2_000,
  receipts: 12_000,
}

/** The looks, in the order in which they are shown. Nothing is asked before the first is begun. */
export function looksAt(places: Places): Look[] {
  const { engine, cloud, chain } = places
  const refreshed = once(() => engine.refresh())
  const cloudRefreshed = once(async () => {
    const { state } = cloud.status()
    // A credential that was refused is not tried by a check: accounts get locked that way.
    if (state === 'ready' || state === 'away') await cloud.refresh()
  })
  // One question for two checks: it ends with the later of them.
  const asked = new AbortController()
  let asking = 2
  const askUntil = (signal: AbortSignal) => {
    const end = () => {
      asking -= 1
      if (asking === 0) asked.abort()
    }
    signal.addEventListener('abort', end, { once: true })
  }
  const trip = once(async () => {
    const ask = places.archive() ?? places.siteArchive()
    return ask === null ? null : roundTrip(ask, places.now, asked.signal)
  })
  const look = (id: Check['id'], how: Look['look']): Look => ({ id, limitMs: limits[id], look: how })
  return [
    look('engine', async () => {
      await refreshed()
      return judgeEngine(engine.health())
    }),
    look('data-root', async () => {
      await refreshed()
      return judgeDataRoot(engine.health())
    }),
    look('keyring', async () => {
      await places.vault.recheck()
      return judgeKeyring(places.vault.status().available)
    }),
    look('disk', async (signal) => {
      // An engine that hangs hides its own disk alone.
      const engineFree = Promise.race([places.engineFree().catch(() => null), pause(limits.disk / 2, signal, null)])
      const [own, its] = await Promise.all([places.ownFree().catch(() => null), engineFree])
      return judgeDisk({ own, engine: its })
    }),
    look('archive', async (signal) => {
      askUntil(signal)
      if (places.archive() === null) return judgeArchive({ kind: 'signed-out' })
      const told = await trip()
      return judgeArchive(told?.found ?? { kind: 'signed-out' })
    }),
    look('certificate', async (signal) => judgeCertificate(await places.certificate(signal), places.now())),
    look('clock', async (signal) => {
      askUntil(signal)
      const soon = (limits.clock * 3) / 4
      const archive = Promise.race([trip().then((told) => told?.skew ?? null), pause(soon, signal, null)])
      await Promise.race([cloudRefreshed(), pause(soon, signal, null)]).catch(() => undefined)
      const ahead = cloud.cloud()?.clockSkewMs()
      return judgeClock({ archive: await archive, cloud: ahead === undefined ? null : -ahead })
    }),
    look('cloud', async () => {
      await cloudRefreshed()
      const { state, runs, warnings } = cloud.status()
      return judgeCloud({ state, runs, warnings: warnings.length })
    }),
    look('records', () => judgeRecords(places.records())),
    look('outbox', () => judgeOutbox(places.outbox())),
    look('receipts', async (signal) => judgeReceipts({ lines: chain.extent().lines, broken: await firstThatFails(chain, signal) })),
  ]
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | null = null
  return () => {
    begun ??= work()
    return begun
  }
}

/** `value` after `ms`; the timer ends with the signal. */
const pause = <T>(ms: number, signal: AbortSignal, value: T): Promise<T> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(value), ms)
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  })
