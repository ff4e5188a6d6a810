/** A clock that was set ahead would have everything removed at once: whoever notices has a day to set it back. Pure. */

const dayMs = 86_400_000
/** A clock that says it is so much later than when it was last looked at is not believed at once: a desk is seldom off for longer. */
const leapDays = 30

/** Times as ISO 8601, UTC. */
export interface ClockSeen {
  /** When it was last looked at. */
  at: string
  /** When it was found to have leapt, while that is not believed; else null. */
  leapt: string | null
}

/** What was seen before, read again; null where it is not such a thing. */
export const seenBefore = (text: string | null): ClockSeen | null => {
  const [at = '', leapt = ''] = (text ?? '').split(' ')
  return Number.isNaN(Date.parse(at)) ? null : { at, leapt: Number.isNaN(Date.parse(leapt)) ? null : leapt }
}

/** As it is noted down. */
export const seenText = ({ at, leapt }: ClockSeen): string => [at, leapt].filter(Boolean).join(' ')

/** Whether things may be removed by what the clock says now, and what is to be noted. */
export const lookAtClock = (before: ClockSeen | null, now: Date): { believed: boolean; seen: ClockSeen } => {
  const at = now.toISOString()
  const since = (time: string) => now.getTime() - Date.parse(time)
  if (before === null) return { believed: true, seen: { at, leapt: null } }
  if (before.leapt !== null && since(before.leapt) >= 0 && since(before.leapt) < dayMs) return { believed: false, seen: { at, leapt: before.leapt } }
  // Set ahead, and not a day that was waited out.
  if (since(before.at) > leapDays * dayMs) return { believed: false, seen: { at, leapt: at } }
  return { believed: true, seen: { at, leapt: null } }
}
