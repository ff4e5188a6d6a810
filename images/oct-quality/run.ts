/** One run of the image: judge every scan under a folder and write results.json. */
import { createHash } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ScansideError } from '../../oct/errors.ts'
import { judge, type Profile, pipeline, profiles, refusal } from '../../oct/quality/judge.ts'
import { type Results, resultSchemaVersion, resultsSchema, type ScanResult } from '../../oct/results.ts'
import type { ByteSource } from '../../oct/scan.ts'
import { fileSource, findScans, openForReading } from './find.ts'

export interface RunOptions {
  input: string
  output: string
  series: boolean
  profile: Profile
  /** One line for the person who watches; no names. */
  say(line: string): void
}

/**
 * Reads the arguments of the command line: `--series=true|false`, `--profile=NAME`.
 * @throws ScansideError invalid-argument, with what is possible
 */
export function parseArguments(argv: readonly string[]): Pick<RunOptions, 'series' | 'profile'> {
  const options: Pick<RunOptions, 'series' | 'profile'> = { series: true, profile: profiles[0] as Profile }
  for (const argument of argv) {
    const [name, value = ''] = argument.split('=', 2)
    const profile = profiles.find((each) => each.name === value)
    if (name === '--series' && (value === 'true' || value === 'false')) options.series = value === 'true'
    else if (name === '--profile' && profile !== undefined) options.profile = profile
    else {
      throw new ScansideError(
        'invalid-argument',
        `The image was started with an argument it does not know. It takes --series=true or false, and --profile= one of ${profiles.map((each) => each.name).join(', ')}. Nothing was judged.`,
      )
    }
  }
  return options
}

/**
 * Judges every scan found under `input` and writes `output`/results.json in one step. A scan that cannot be read has the verdict `unknown`
 * and says why.
 * @throws ScansideError not-found where there is no scan
 */
export async function run(options: RunOptions): Promise<Results> {
  const { scans: paths, seen } = await findScans(options.input)
  if (paths.length === 0) {
    throw new ScansideError(
      'not-found',
      `There is no OCT scan among the ${seen} files of /input: none begins like a Heidelberg RAW export (.vol). Nothing was judged; choose a session with OCT scans.`,
      { seen },
    )
  }
  const scans: ScanResult[] = []
  for (const [index, path] of paths.entries()) {
    const result = await judgeFile(path, options)
    scans.push(result)
    options.say(`progress ${index + 1}/${paths.length}`)
    options.say(`scan ${index + 1}: ${result.verdict}${result.error ? `: ${result.error.message}` : ''}`)
  }
  const results = resultsSchema.parse({ schema: resultSchemaVersion, pipeline: { ...pipeline, profile: options.profile.name }, scans })
  // Written beside and renamed: whoever finds results.json finds it whole.
  await writeFile(join(options.output, 'results.json.part'), `${JSON.stringify(results)}\n`, { mode: 0o644 })
  await rename(join(options.output, 'results.json.part'), join(options.output, 'results.json'))
  return results
}

async function judgeFile(path: string, options: RunOptions): Promise<ScanResult> {
  let inputs: ScanResult['inputs'] = []
  try {
    const file = await openForReading(path)
    try {
      const source = fileSource(file, (await file.stat()).size)
      const sha256 = await digest(source)
      inputs = [{ name: opaque(basename(path), sha256), size: source.size, sha256 }]
      return await judge([{ name: '', source }], { inputs, profile: options.profile, series: options.series })
    } finally {
      await file.close()
    }
  } catch (error) {
    return refusal(error, inputs)
  }
}

async function digest(source: ByteSource): Promise<string> {
  const hash = createHash('sha256')
  const step = 1_048_576
  for (let offset = 0; offset < source.size; offset += step) hash.update(await source.read(offset, Math.min(step, source.size - offset)))
  return hash.digest('hex')
}

/** Names Scanside gives pass; any other may hold a person's name and is replaced by one made from the digest. */
function opaque(name: string, sha256: string): string {
  return /^scan-[0-9a-f-]{8,64}\.[a-z0-9]{1,4}$/.test(name) ? name : `scan-${sha256.slice(0, 16)}.vol`
}
