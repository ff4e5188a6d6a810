/** One question to the archive, for what it tells at once: whether it answers, how fast, as what, and what time it is there. */
import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { ArchiveSession } from '../archive/session.ts'
import { type ArchiveFound, skewMs } from './judge-network.ts'

/** A question below the archive's address that anybody may ask; `ArchiveSession.request`, or the same without a session. */
export type AskArchive = (request: { method: 'GET'; path: string; signal: AbortSignal }) => ReturnType<ArchiveSession['request']>

const versionSchema = z.object({ version: z.string().regex(/^[\w.+-]{1,40}$/) })
const path = '/xapi/siteConfig/buildInfo'
const mostBytes = 200_000

/** Never rejects for what an archive may do. `skew`: ms by which this clock is ahead of the archive's; null where it did not tell. */
export async function roundTrip(
  ask: AskArchive,
  now: () => number,
  signal: AbortSignal,
): Promise<{ found: Exclude<ArchiveFound, { kind: 'signed-out' }>; skew: number | null }> {
  const began = performance.now()
  const sentAt = now()
  try {
    const reply = await ask({ method: 'GET', path, signal })
    const ms = performance.now() - began
    const skew = skewMs(reply.header('date'), sentAt, now())
    if (reply.status !== 200) {
      await reply.discard()
      if (reply.status >= 500) return { found: { kind: 'away' }, skew }
      return { found: { kind: 'answered', ms, version: '' }, skew }
    }
    const read = versionSchema.safeParse(await reply.json(mostBytes))
    return { found: { kind: 'answered', ms, version: read.success ? read.data.version : '' }, skew }
  } catch (error) {
    if (!(error instanceof ScansideError)) throw error
    const kind = error.code === 'unauthorized' ? 'refused' : error.code === 'untrusted-certificate' ? 'untrusted' : 'away'
    return { found: { kind }, skew: null }
  }
}
