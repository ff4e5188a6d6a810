/** clouds.yaml, secure.yaml and the OS_* environment, read without trust. Pure: files are read by the caller. */
import { parseDocument } from 'yaml'
import { ScansideError } from '../../oct/errors.ts'
import { type CloudEntry, entryOf } from './clouds-entry.ts'

export type { CloudEntry } from './clouds-entry.ts'

// A long one takes seconds to read; fifty real entries are a tenth of this.
const longest = 250_000
const mostClouds = 200
const deepest = 20

export type YamlMap = Map<string, unknown>

export const isMap = (value: unknown): value is YamlMap => value instanceof Map

const refused = (file: string, why: string, cause?: unknown) =>
  new ScansideError('invalid-file', `${file} cannot be used: ${why}. Nothing was changed.`, { reason: 'clouds-yaml' }, { cause })

/** Whether brackets or dashes nest deeper than any clouds.yaml: reading them takes quadratic time. Counts without regard to quotes. */
const nestsTooDeep = (text: string): boolean => {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    if (depth > 500) return true
  }
  return /(?:[-?] ){50}/.test(text)
}

/**
 * One file as maps. Every scalar stays the text that was written: a password of digits is no number, and `no` is no password.
 * @throws ScansideError `invalid-file`
 */
const readYaml = (file: string, text: string): YamlMap => {
  if (text.length > longest) throw refused(file, 'it is larger than 250 kB')
  if (nestsTooDeep(text)) throw refused(file, 'it is nested too deeply')
  let value: unknown
  try {
    // Keys said twice are not looked for: that takes quadratic time, and the last one counts, as for every OpenStack tool.
    const document = parseDocument(text.replace(/^\uFEFF/, ''), {
      schema: 'failsafe',
      merge: true,
      uniqueKeys: false,
      logLevel: 'error',
      prettyErrors: false,
    })
    const [error] = document.errors
    if (error) throw error
    value = document.toJS({ mapAsMap: true, maxAliasCount: 100 })
  } catch (cause) {
    // The parser's own words quote the line, and with it perhaps a secret: it is no part of what is told or kept.
    const at = cause instanceof Error && 'pos' in cause && Array.isArray(cause.pos) ? text.slice(0, Number(cause.pos[0])).split('\n').length : null
    throw refused(file, at === null ? 'it is not YAML that can be read' : `it is not YAML that can be read (line ${at})`)
  }
  if (value === null || value === '') return new Map()
  if (!isMap(value)) throw refused(file, 'it is not a clouds.yaml')
  return value
}

/** `over` on top of `under`, map by map; anything else in `over` replaces. */
const merged = (under: unknown, over: unknown, depth = 0): unknown => {
  if (!isMap(under) || !isMap(over) || depth >= deepest) return over
  const all: YamlMap = new Map(under)
  for (const [key, value] of over) all.set(key, all.has(key) ? merged(all.get(key), value, depth + 1) : value)
  return all
}

const mapIn = (file: YamlMap, key: string): YamlMap => {
  const value = file.get(key)
  return isMap(value) ? value : new Map()
}

/**
 * The entries in their order; one that cannot be used has a `problem` that says why.
 * @param secureText secure.yaml: merged over the entries of the same names
 * @param vendorText clouds-public.yaml: what an entry's `profile` stands on
 * @throws ScansideError `invalid-file` where a text is no clouds.yaml at all
 */
export const readClouds = (cloudsText: string, secureText: string | null, vendorText: string | null = null): CloudEntry[] => {
  const file = readYaml('clouds.yaml', cloudsText)
  const clouds = file.get('clouds')
  if (!isMap(clouds)) throw refused('clouds.yaml', 'it has no list of clouds')
  if (clouds.size > mostClouds) throw refused('clouds.yaml', `it lists more than ${mostClouds} clouds`)
  const secrets = secureText === null ? new Map() : mapIn(readYaml('secure.yaml', secureText), 'clouds')
  const vendors = vendorText === null ? new Map() : mapIn(readYaml('clouds-public.yaml', vendorText), 'public-clouds')
  return [...clouds].map(([name, cloud]) => {
    const own = secrets.has(name) ? merged(cloud, secrets.get(name)) : cloud
    const profile = isMap(own) ? (own.get('profile') ?? own.get('cloud')) : undefined
    const known = typeof profile === 'string' && vendors.has(profile)
    return entryOf(String(name), known ? merged(vendors.get(profile), own) : own, typeof profile === 'string' && !known ? profile : null)
  })
}

const fromEnv =
  /^OS_(AUTH_URL|USERNAME|USER_ID|PASSWORD|PROJECT_NAME|PROJECT_ID|TENANT_NAME|TENANT_ID|USER_DOMAIN_NAME|USER_DOMAIN_ID|PROJECT_DOMAIN_NAME|PROJECT_DOMAIN_ID|DEFAULT_DOMAIN|APPLICATION_CREDENTIAL_ID|APPLICATION_CREDENTIAL_NAME|APPLICATION_CREDENTIAL_SECRET|TOKEN)$/

/** What an `openrc` file has put into the environment, as the entry `envvars`; null where there is nothing of it. */
export const cloudOfEnvironment = (env: Record<string, string | undefined>): CloudEntry | null => {
  if (!env.OS_AUTH_URL) return null
  const auth: YamlMap = new Map()
  for (const [name, value] of Object.entries(env)) {
    const match = fromEnv.exec(name)
    if (match?.[1] && value) auth.set(match[1].toLowerCase(), value)
  }
  const cloud: YamlMap = new Map<string, unknown>([['auth', auth]])
  const plain = {
    OS_REGION_NAME: 'region_name',
    OS_INTERFACE: 'interface',
    OS_ENDPOINT_TYPE: 'endpoint_type',
    OS_CACERT: 'cacert',
    OS_AUTH_TYPE: 'auth_type',
    OS_INSECURE: 'insecure',
  }
  for (const [name, key] of Object.entries(plain)) if (env[name]) cloud.set(key, env[name])
  return entryOf('envvars', cloud, null)
}
