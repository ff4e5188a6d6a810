/** Which criteria a fault is for. Names only: how much of a fault is clear stands in severities.ts and nowhere else. */
import type { Status } from '../../oct/results.ts'
import type { FaultName } from './severities.ts'

/** A criterion belongs to a family by its own id or as a part of it (`C.ring` to `C`). */
export const families: Record<FaultName, readonly string[]> = {
  light: ['S.snr', 'S.cnr'],
  index: ['S'],
  'cut-upper': ['completeness.upper'],
  'cut-lower': ['completeness.lower'],
  missing: ['completeness.signal'],
  // A folded retina is cut off at the upper edge, too, and either sends the technician back; how often it is told as folded is told beside.
  folded: ['completeness.folded', 'completeness.upper'],
  blank: ['motion.blank', 'completeness.signal'],
  'jump-depth': ['motion'],
  'jump-along': ['motion'],
  'ring-off': ['C'],
  'macula-off': ['C'],
  'slo-vignette': ['I'],
  'slo-side': ['I'],
  'slo-saturated': ['I'],
  'slo-dark': ['I'],
  shading: ['I'],
  'onl-sides': ['B'],
  tilt: ['B'],
  defocus: ['O.blur'],
  smear: ['O.blur'],
  radius: ['O.protocol'],
  frames: ['O.protocol'],
  'line-off': ['A'],
  'line-missing': ['A'],
  'line-crossing': ['A'],
  'line-jagged': ['A'],
  'wrong-eye': ['L'],
  'pair-eye': ['L'],
  'follow-up-off': ['F'],
  'follow-up-size': ['F'],
}

/** `S` alone is the device's index: its parts are other criteria. */
const whole = ['S']

/** Statuses of the criteria of a fault's family, by id. */
export function familyOf(name: FaultName, statuses: Record<string, Status>): Record<string, Status> {
  const belongs = (id: string) => families[name].some((each) => id === each || (!whole.includes(each) && id.startsWith(`${each}.`)))
  return Object.fromEntries(Object.entries(statuses).filter(([id]) => belongs(id)))
}

const order: readonly Status[] = ['pass', 'warn', 'fail']

/** The worst of a family: `unknown` only where nothing of it was measured, null where it has no criterion at all. */
export function worst(statuses: Record<string, Status>): Status | null {
  const found = Object.values(statuses)
  const measured = found.filter((status) => status !== 'unknown').sort((a, b) => order.indexOf(b) - order.indexOf(a))
  return measured[0] ?? found[0] ?? null
}

export const detected = (status: Status | null): boolean => status === 'warn' || status === 'fail'

/** An A-scan has one state: what is folded here may be cut off there. Held together, as one. */
const oneState = ['completeness.folded', 'completeness.upper']

/** Ids that became better from one amount of a fault to a larger one. What cannot be measured any more is neither. */
export function improved(before: Record<string, Status>, after: Record<string, Status>): string[] {
  const together = (statuses: Record<string, Status>) => worst(Object.fromEntries(Object.entries(statuses).filter(([id]) => oneState.includes(id))))
  return Object.keys(before).filter((id) => {
    const was = oneState.includes(id) ? together(before) : before[id]
    const is = oneState.includes(id) ? together(after) : after[id]
    return was && is && was !== 'unknown' && is !== 'unknown' && order.indexOf(is) < order.indexOf(was)
  })
}
