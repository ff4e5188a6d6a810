/** Scans kept for working without the archive: a part of the contract. */
import { z } from 'zod'
import { method } from './method.ts'

const id = z.string().min(1).max(200)
const line = z.string().max(1_000)
const nothing = z.void()
const count = z.number().int().nonnegative()

const keptRefSchema = z.object({ kind: z.literal('archive'), project: id, subject: id, session: id, scan: z.string().min(1).max(200) })

export const keptScanSchema = z.object({
  ref: keptRefSchema,
  title: z.object({ project: line, subject: line, session: line, scan: line }),
  /** bytes of all its files */
  size: count,
  keptAt: z.string().max(40),
  /** From then on it is removed by itself. */
  expiresAt: z.string().max(40),
})
export type KeptScan = z.infer<typeof keptScanSchema>

export const offlineMethods = {
  /** What this desk keeps of the archive that is signed in; on a locked desk without titles. */
  'offline.list': method(nothing, z.object({ scans: z.array(keptScanSchema).max(10_000), bytes: count, days: count })),
  /** Fetches scans ahead, encrypted; runs as an operation (`keep-offline`) that can be cancelled and tells its progress. */
  'offline.keep': method(z.object({ refs: z.array(keptRefSchema).min(1).max(1_000) }), z.object({ operation: id })),
  /** Forgets the keys of these scans and removes them; all of them where `refs` is null. */
  'offline.forget': method(z.object({ refs: z.array(keptRefSchema).max(10_000).nullable() }), nothing),
} as const
