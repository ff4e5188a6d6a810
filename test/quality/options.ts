/** What a run is asked for, and what comes back of a thread. */
import { availableParallelism } from 'node:os'
import type { Status, Verdict } from '../../oct/results.ts'
import { counts, type Fault, type FaultName, faults, type Kind, type Severity, severities } from './severities.ts'

export interface RunOptions {
  faults: readonly FaultName[]
  /** scans that faults are made of; of how many of them every severity; good scans; variants of each real scan's fault */
  faulty: number
  everySeverity: number
  good: number
  real: number
  threads: number
  /** Tells every miss. */
  verbose: boolean
  short: boolean
}

export const fullOptions: RunOptions = {
  faults: Object.keys(faults) as FaultName[],
  ...counts,
  real: 10,
  threads: Math.max(1, Math.min(4, availableParallelism())),
  verbose: false,
  short: false,
}
/** For `npm test`: the first of each, so that nothing is wholly unseen there. */
export const shortOptions: RunOptions = { ...fullOptions, faulty: 6, everySeverity: 3, good: 9, real: 1, short: true }

/** One scan to be judged. */
export type Item =
  | { from: 'good'; kind: Kind; seed: number }
  | { from: 'faulty'; kind: Kind; seed: number; fault: FaultName; severity: Severity }
  | { from: 'real'; file: string; seed: number; fault: RealFaultName; severity: Severity }
  | { from: 'real-good'; file: string; seed: number }

export type RealFaultName = Exclude<FaultName, 'jump-depth' | 'jump-along' | 'macula-off' | 'blank' | 'radius' | 'frames' | 'pair-eye' | 'onl-sides'>

export interface Outcome {
  item: Item
  verdict: Verdict
  decidedBy: string[]
  /** By criterion id, experimental ones left out. */
  statuses: Record<string, Status>
  values: Record<string, number | null>
  /** Where the scan could not be judged at all. */
  error?: string
}

/** What a thread is to judge. */
export interface Task {
  items: Item[]
  realFolder: string | null
}

/** Scans that come from one recording stand together: it is made once. */
export function generatedItems(options: RunOptions): Item[] {
  const base = ['ring', 'line', 'volume'] as const
  const items: Item[] = []
  for (let i = 0; i < options.good; i++) items.push({ from: 'good', kind: base[i % 3] as Kind, seed: 20_000 + i })
  for (let i = 0; i < options.faulty; i++) {
    for (const fault of options.faults) {
      const { kinds, ...degrees } = faults[fault] as Fault
      const own = base[i % 3] as Kind
      // Every volume is also a raster's turn.
      const kind = kinds.includes(own) ? own : own === 'volume' && kinds.includes('raster') ? 'raster' : null
      if (kind === null) continue
      for (const severity of severities)
        if (degrees[severity] !== undefined && (severity === 'clear' || i < options.everySeverity))
          items.push({ from: 'faulty', kind, seed: 10_000 + i, fault, severity })
    }
  }
  return items
}

/** @throws Error on an argument that is none of these */
export function parseOptions(args: readonly string[]): RunOptions {
  const options = { ...(args.includes('--short') ? shortOptions : fullOptions) }
  const rest = args.filter((arg) => arg !== '--short')
  const value = (name: string) => {
    const next = rest.shift()
    if (next === undefined) throw new Error(`${name} wants a value`)
    return next
  }
  const whole = (name: string) => {
    const number = Number(value(name))
    if (!Number.isInteger(number) || number < 0) throw new Error(`${name} wants a whole number`)
    return number
  }
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--verbose') options.verbose = true
    else if (arg === '--faulty') options.faulty = whole(arg)
    else if (arg === '--every-severity') options.everySeverity = whole(arg)
    else if (arg === '--good') options.good = whole(arg)
    else if (arg === '--real') options.real = whole(arg)
    else if (arg === '--threads') options.threads = Math.max(1, whole(arg))
    else if (arg === '--fault') options.faults = value(arg).split(',').map(faultOf)
    else
      throw new Error(
        `Unknown: ${arg}. Known: --short, --faulty N, --every-severity N, --good N, --real N, --fault ${fullOptions.faults.join(',')}, --threads N, --verbose`,
      )
  }
  return options
}

function faultOf(name: string): FaultName {
  const fault = fullOptions.faults.find((each) => each === name)
  if (fault === undefined) throw new Error(`No such fault: ${name}. There are: ${fullOptions.faults.join(', ')}`)
  return fault
}
