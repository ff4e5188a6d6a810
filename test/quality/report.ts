/** From outcomes to tables and marks. */
import type { Status } from '../../oct/results.ts'
import { detected, families, familyOf, improved, worst } from './families.ts'
import type { Item, Outcome } from './options.ts'
import { type Fault, type FaultName, faults, passMark, type Severity, severities } from './severities.ts'
import { shareWithInterval, table } from './statistics.ts'

type Faulty = Extract<Item, { fault: FaultName }>
const isFaulty = (item: Item): item is Faulty => 'fault' in item

export interface Row {
  fault: FaultName
  severity: Severity
  n: number
  detected: number
  failed: number
  unknown: number
}

/** Per fault and severity, in the order of severities.ts. */
export function countRows(outcomes: readonly Outcome[], from: 'faulty' | 'real'): Row[] {
  const rows: Row[] = []
  for (const fault of Object.keys(faults) as FaultName[])
    for (const severity of severities) {
      const those = outcomes.filter(({ item }) => item.from === from && isFaulty(item) && item.fault === fault && item.severity === severity)
      if (those.length === 0) continue
      const found = those.map(({ statuses }) => worst(familyOf(fault, statuses)))
      const count = (is: (status: Status | null) => boolean) => found.filter(is).length
      rows.push({
        fault,
        severity,
        n: those.length,
        detected: count(detected),
        failed: count((status) => status === 'fail'),
        unknown: count((status) => status === 'unknown' || status === null),
      })
    }
  return rows
}

/** Share of good scans on which a fault's family warns or fails. */
function onGood(outcomes: readonly Outcome[], fault: FaultName): string {
  const { kinds } = faults[fault]
  const good = outcomes.filter(({ item }) => item.from === 'good' && (kinds as readonly string[]).includes(item.kind))
  if (good.length === 0) return '-'
  const hits = good.filter(({ statuses }) => detected(worst(familyOf(fault, statuses)))).length
  return (hits / good.length).toFixed(3)
}

export function detectionTable(outcomes: readonly Outcome[], from: 'faulty' | 'real'): string {
  const head = [
    'criterion',
    'fault',
    'severity',
    'amount',
    'n',
    'detected',
    '95 % CI',
    'fail',
    'not measured',
    ...(from === 'faulty' ? ['good scans'] : []),
  ]
  const rows = countRows(outcomes, from).map(({ fault, severity, n, detected: hits, failed, unknown }) => {
    const { about, unit, [severity]: amount } = faults[fault] as Fault
    const [share = '-', interval = ''] = shareWithInterval(hits, n).split(' (')
    const cells = [families[fault].join(', '), about, severity, `${amount} ${unit}`.trim(), String(n), share, interval.replace(')', '')]
    return [...cells, (failed / n).toFixed(2), String(unknown), ...(from === 'faulty' ? [onGood(outcomes, fault)] : [])]
  })
  return table(head, rows)
}

export function verdictTable(outcomes: readonly Outcome[]): string {
  const kinds = [...new Set(outcomes.flatMap(({ item }) => (item.from === 'good' ? [item.kind] : [])))]
  const rows = [...kinds, 'all'].map((kind) => {
    const those = outcomes.filter(({ item }) => item.from === 'good' && (kind === 'all' || item.kind === kind))
    const of = (verdict: string) => those.filter((each) => each.verdict === verdict).length
    return [kind, String(those.length), ...['usable', 'ambiguous', 'unusable', 'unknown'].map((verdict) => String(of(verdict)))]
  })
  return table(['good scans', 'n', 'usable', 'ambiguous', 'unusable', 'not judged'], rows)
}

/** Of folded scans at clear severity, how many are told as folded and not as cut off alone. */
export function toldAsFolded(outcomes: readonly Outcome[]): string | null {
  const those = outcomes.filter(({ item }) => isFaulty(item) && item.fault === 'folded' && item.severity === 'clear')
  if (those.length === 0) return null
  const hits = those.filter(({ statuses }) => detected(statuses['completeness.folded'] ?? null)).length
  return `folded at clear severity, told by completeness.folded itself: ${hits} of ${those.length}`
}

/** What decided against good scans, most frequent first: `C.ring 4, S.cnr 1`. */
export function decidedAgainst(outcomes: readonly Outcome[], verdict: 'ambiguous' | 'unusable'): string {
  const counts = new Map<string, number>()
  for (const each of outcomes)
    if (each.item.from === 'good' && each.verdict === verdict) for (const id of each.decidedBy) counts.set(id, (counts.get(id) ?? 0) + 1)
  return (
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([id, count]) => `${id} ${count}`)
      .join(', ') || 'none'
  )
}

/** What does not reach the mark: one line each. */
export function missesOf(outcomes: readonly Outcome[]): string[] {
  const misses: string[] = []
  for (const from of ['faulty', 'real'] as const)
    for (const { fault, severity, n, detected: hits, unknown } of countRows(outcomes, from))
      if (severity === 'clear' && hits / n < passMark)
        misses.push(
          `${families[fault].join(', ')}: ${faults[fault].about}, clear, ${from === 'real' ? 'real scans' : 'generated'}: ${hits} of ${n} detected, ${unknown} not measured${examples(outcomes, from, fault)}`,
        )
  return misses
}

/** What was seen instead, of the first three that were missed. */
function examples(outcomes: readonly Outcome[], from: 'faulty' | 'real', fault: FaultName): string {
  const missed = outcomes.filter(
    ({ item, statuses }) =>
      item.from === from && isFaulty(item) && item.fault === fault && item.severity === 'clear' && !detected(worst(familyOf(fault, statuses))),
  )
  return missed
    .slice(0, 3)
    .map(({ item, statuses, values, error }) => {
      const seen = Object.entries(familyOf(fault, statuses)).map(([id, status]) => `${id} ${status} ${values[id] ?? '-'}`)
      return `; ${nameOf(item)}: ${error?.split('\n')[0] ?? (seen.join(', ') || 'no such criterion')}`
    })
    .join('')
}

export const nameOf = (item: Item): string => `${'kind' in item ? item.kind : item.file} ${item.seed}`

/** A worse amount of the same fault on the same scan never makes a criterion better: what breaks that, and how many pairs were held against it. */
export function monotone(outcomes: readonly Outcome[]): { pairs: number; broken: string[] } {
  const key = (item: Faulty) => `${item.from} ${nameOf(item)} ${item.fault}`
  const groups = new Map<string, Outcome[]>()
  for (const each of outcomes) {
    const { item } = each
    if (isFaulty(item)) groups.set(key(item), [...(groups.get(key(item)) ?? []), each])
  }
  const broken: string[] = []
  let pairs = 0
  for (const [name, group] of groups) {
    const rank = ({ item }: Outcome) => (isFaulty(item) ? severities.indexOf(item.severity) : 0)
    const sorted = [...group].sort((a, b) => rank(a) - rank(b))
    for (const [i, after] of sorted.entries()) {
      const before = sorted[i - 1]
      if (!before || !isFaulty(after.item) || !isFaulty(before.item)) continue
      pairs++
      const { fault } = after.item
      const better = improved(familyOf(fault, before.statuses), familyOf(fault, after.statuses))
      for (const id of better)
        broken.push(
          `${name}: ${id} ${before.statuses[id]} (${before.values[id]}) at ${before.item.severity}, ${after.statuses[id]} (${after.values[id]}) at ${after.item.severity}`,
        )
    }
  }
  return { pairs, broken }
}
