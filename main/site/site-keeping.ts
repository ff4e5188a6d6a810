/** What the site file says of keeping: for how long, who may recover what waits, and whether the window may be seen by others. */
import { createPublicKey } from 'node:crypto'
import { z } from 'zod'
import type { Retention } from '../../preload/diagnostics.ts'

const days = z
  .number({ error: 'must be a number of days' })
  .int({ error: 'must be whole days' })
  .min(1, { error: 'must be at least one day' })
  .max(36_500, { error: 'must be at most 36,500 days' })

export const retentionSchema = z.strictObject(
  {
    inboxDays: days.optional(),
    offlineDays: days.max(90, { error: 'must be at most 90 days' }).optional(),
    logDays: days.optional(),
    receiptDays: days.optional(),
  },
  { error: 'must hold days: { "inboxDays": 30, "offlineDays": 7, "logDays": 30, "receiptDays": 3650 }' },
)

/** A week of scans kept for working offline, a month of logs; the rest until somebody removes it. */
export const usualRetention: Retention = { inboxDays: null, offlineDays: 7, logDays: 30, receiptDays: null }

export const readRetention = (written: z.infer<typeof retentionSchema> | undefined): Retention => ({
  inboxDays: written?.inboxDays ?? usualRetention.inboxDays,
  offlineDays: written?.offlineDays ?? usualRetention.offlineDays,
  logDays: written?.logDays ?? usualRetention.logDays,
  receiptDays: written?.receiptDays ?? usualRetention.receiptDays,
})

/** The site's recovery key: an RSA public key of at least 3,072 bits, PEM. Its private half lies with the administrator. */
export const isRecoveryKey = (pem: string): boolean => {
  try {
    const key = createPublicKey(pem)
    return !pem.includes('PRIVATE') && key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 3_072
  } catch {
    return false
  }
}
