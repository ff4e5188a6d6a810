/** What a run of the fuzzer is asked for, and what it counted. */

/** Formats in the order they are run. */
export const formatNames = ['vol', 'e2e', 'heyex-xml', 'dicom'] as const
export type FormatName = (typeof formatNames)[number]

export const fullCount = 20_000
export const shortCount = 1_000

export interface FuzzOptions {
  formats: readonly FormatName[]
  /** the first mutant's number; the others follow */
  seed: number
  /** mutants per format */
  count: number
  /** Tells each mutant's end. */
  verbose: boolean
}

export interface Tally {
  format: FormatName
  mutants: number
  scans: number
  refused: number
  failed: number
  /** the most of any mutant: bytes of memory beyond the file's size, growth of WebAssembly, and metadata read as a part of the file's size */
  allocated: number
  grown: number
  read: number
}

export interface Failure {
  format: FormatName
  /** 0: an undamaged file */
  seed: number
  why: string
  /** mutants that failed in the same way, itself among them */
  alike: number
}

/** Between the thread that counts and the one that reads: a batch's task, and what comes back. */
export interface Task {
  format: FormatName
  seed: number
  count: number
  verbose: boolean
  /** [0] the number of the mutant being read, 0 before the first; [1] files judged so far, undamaged ones among them */
  progress: Int32Array
}

export interface Report {
  tally: Tally
  failures: Failure[]
  lines: string[]
}

/** @throws Error on an argument that is none of these */
export function parseOptions(args: readonly string[]): FuzzOptions {
  const options: FuzzOptions = { formats: formatNames, seed: 1, count: fullCount, verbose: false }
  const rest = [...args]
  const value = (name: string) => {
    const next = rest.shift()
    if (next === undefined) throw new Error(`${name} wants a value`)
    return next
  }
  const whole = (name: string) => {
    const number = Number(value(name))
    if (!Number.isInteger(number) || number < 1) throw new Error(`${name} wants a whole number from 1`)
    return number
  }
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--short') options.count = shortCount
    else if (arg === '--verbose') options.verbose = true
    else if (arg === '--count') options.count = whole(arg)
    else if (arg === '--seed') options.seed = whole(arg)
    else if (arg === '--format') options.formats = value(arg).split(',').map(formatOf)
    else throw new Error(`Unknown: ${arg}. Known: --short, --format ${formatNames.join(',')}, --seed N, --count N, --verbose`)
  }
  return options
}

function formatOf(name: string): FormatName {
  const format = formatNames.find((each) => each === name)
  if (format === undefined) throw new Error(`No such format: ${name}. There are: ${formatNames.join(', ')}`)
  return format
}
