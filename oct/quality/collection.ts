/** What the image and the built-in engine share around the judging of many scans: their arguments, their log, the file they write. */
import { z } from 'zod'
import { ScansideError } from '../errors.ts'
import { type Results, resultSchemaVersion, resultsSchema, type ScanResult } from '../results.ts'
import { defaultProfile, type Profile, parseProfile, pipeline, profiles } from './judge.ts'

export interface Arguments {
  /** Whether values per B-scan are kept. */
  series: boolean
  profile: Profile
}

const known = () => profiles.map(({ name }) => name).join(', ')

/**
 * Reads the arguments of the command line: `--series=true|false`, `--profile=NAME`, `--profile-json=BASE64URL` (a site's or project's own
 * profile, as Scanside passes it; it goes before a name).
 * @throws ScansideError invalid-argument with what is possible, invalid-file with the mistake in a profile
 */
export function parseArguments(argv: readonly string[]): Arguments {
  let series = true
  let named: Profile = defaultProfile
  let own: Profile | null = null
  for (const argument of argv) {
    const cut = argument.indexOf('=')
    const [name, value] = cut < 0 ? [argument, ''] : [argument.slice(0, cut), argument.slice(cut + 1)]
    const profile = profiles.find((each) => each.name === value)
    if (name === '--series' && (value === 'true' || value === 'false')) series = value === 'true'
    else if (name === '--profile' && profile !== undefined) named = profile
    else if (name === '--profile-json') own = parseProfile(fromBase64Url(value))
    else {
      throw new ScansideError(
        'invalid-argument',
        `The analysis was started with an argument it does not know. It takes --series=true or false, --profile= one of ${known()}, and --profile-json= a profile of its own. Nothing was judged.`,
      )
    }
  }
  return { series, profile: own ?? named }
}

/** Arguments have an end; bytes as they stand on a command line. */
const longest = 100_000

/**
 * How a profile is passed on: nothing for the one that is used anyway. What is not judged by (advice) stays here.
 * @throws ScansideError not-supported where it is too long for a command line
 */
export function profileArguments(profile: Profile): string[] {
  if (profiles.includes(profile)) return profile === defaultProfile ? [] : [`--profile=${profile.name}`]
  const { advice: _advice, ...judged } = profile
  const argument = `--profile-json=${toBase64Url(asciiJson(judged))}`
  if (argument.length > longest) {
    throw new ScansideError(
      'not-supported',
      'The profile of this project is too long to be passed to a container. Nothing was started; shorten it, or use the analysis of this application.',
      { length: argument.length },
    )
  }
  return [argument]
}

const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Of plain ASCII. */
function toBase64Url(text: string): string {
  let out = ''
  for (let at = 0; at < text.length; at += 3) {
    const left = Math.min(3, text.length - at)
    const code = (of: number) => (of < text.length ? text.charCodeAt(of) : 0)
    const bits = (code(at) << 16) | (code(at + 1) << 8) | code(at + 2)
    for (let i = 0; i <= left; i++) out += alphabet[(bits >> (18 - 6 * i)) & 63]
  }
  return out
}

function fromBase64Url(text: string): unknown {
  const damaged = () =>
    new ScansideError('invalid-argument', 'The analysis was given a profile that cannot be read. Nothing was judged; start the run again.')
  let json = ''
  let bits = 0
  let held = 0
  for (const sign of text) {
    const value = alphabet.indexOf(sign)
    if (value < 0) throw damaged()
    bits = ((bits << 6) | value) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    json += String.fromCharCode((bits >> held) & 255)
  }
  try {
    return JSON.parse(json)
  } catch {
    throw damaged()
  }
}

/** Nothing to judge among the files of a run. */
export const noScan = (seen: number): ScansideError =>
  new ScansideError(
    'not-found',
    `There is no OCT scan among the ${seen} files of /input: none is a Heidelberg RAW export (.vol), an XML export, an .e2e file or a DICOM tomography. Nothing was judged; choose a session with OCT scans.`,
    { seen },
  )

/** The lines told after the scan with this index, no names among them. */
export function linesOf(result: ScanResult, index: number, total: number): string[] {
  return [`progress ${index + 1}/${total}`, `scan ${index + 1}: ${result.verdict}${result.error ? `: ${result.error.message}` : ''}`]
}

/** results.json, whole: the same bytes wherever it is made. */
export function resultsFile(scans: readonly ScanResult[], profile: Profile): { results: Results; text: string } {
  const results = resultsSchema.parse({ schema: resultSchemaVersion, pipeline: { ...pipeline, profile: profile.name }, scans })
  return { results, text: `${JSON.stringify(results)}\n` }
}

const opaque = z.string().regex(/^scan-[0-9a-f-]{8,64}(\.[a-z0-9]{1,4})?$/)

/** A file as results.json may name it: names Scanside gives pass, any other may hold a person's and is replaced by one made from the digest. */
export function opaqueInput(name: string, size: number, sha256: string): ScanResult['inputs'][number] {
  const extension = /\.(vol|xml|e2e|dcm|tif|png|jpg|bmp)$/i.exec(name)?.[0].toLowerCase() ?? ''
  return { name: opaque.safeParse(name).success ? name : `scan-${sha256.slice(0, 16)}${extension}`, size, sha256 }
}
