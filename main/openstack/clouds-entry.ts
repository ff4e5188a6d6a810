/** One entry of a clouds.yaml: what it says of a cloud, and why it cannot be used where it cannot. Pure. */
import { ScansideError } from '../../oct/errors.ts'
import { identityUrl } from './keystone.ts'
import type { CloudConfig } from './openstack.ts'

export interface CloudEntry {
  name: string
  /** Null where `problem` says why it cannot be used. `region` is null where the entry names several or none. */
  config: CloudConfig | null
  /** Null where neither clouds.yaml nor secure.yaml holds it: the person is asked. */
  secret: string | null
  /** A PEM file as the entry names it (`pathInClouds`); read by the caller and put into `config.ca`. */
  cacert: string | null
  regions: string[]
  /** As the entry names it, to show. */
  project: string | null
  /** A sentence. */
  problem: string | null
}

type Fields = Map<string, unknown>

const longestName = 200
const longestSecret = 1_000
const longestUrl = 1_000
const mostRegions = 100

const fieldsOf = (value: unknown): Fields =>
  value instanceof Map ? new Map([...value].map(([key, inner]) => [String(key).toLowerCase().replaceAll('-', '_'), inner])) : new Map()

const nothing = /^(~|null|)$/i
const yes = /^(true|yes|on|1)$/i
const no = /^(false|no|off|0)$/i

class Problem extends Error {}

/**
 * @param cloud a map of strings, maps and lists, as YAML's failsafe schema reads it; anything else is a problem of this entry
 * @param lackingProfile a `profile` nothing is known of
 */
export const entryOf = (name: string, cloud: unknown, lackingProfile: string | null): CloudEntry => {
  const shown = name.slice(0, longestName)
  const entry: CloudEntry = { name: shown, config: null, secret: null, cacert: null, regions: [], project: null, problem: null }
  try {
    if (!(cloud instanceof Map)) throw new Problem('This entry is empty or not in the form of a clouds.yaml.')
    return { ...entry, ...usable(shown, fieldsOf(cloud), lackingProfile) }
  } catch (error) {
    if (!(error instanceof Problem) && !(error instanceof ScansideError)) throw error
    return { ...entry, ...shownOf(cloud), problem: error.message }
  }
}

/** What can be shown of an entry that cannot be used. */
const shownOf = (cloud: unknown): Pick<CloudEntry, 'project' | 'regions'> => {
  try {
    const fields = fieldsOf(cloud)
    return { project: projectOf(readerOf(fields)).shown, regions: regionsOf(fields) }
  } catch {
    return { project: null, regions: [] }
  }
}

type Read = (...keys: string[]) => string | null

/** Reads a text of `auth` or, as older files have it, of the entry itself. The first of the keys that is there counts. */
const readerOf = (fields: Fields): Read => {
  const auth = fieldsOf(fields.get('auth'))
  return (...keys) => {
    for (const key of keys) {
      const value = auth.get(key) ?? fields.get(key)
      if (value === undefined || value === null) continue
      if (typeof value !== 'string') throw new Problem(`“${key}” in this entry is not a text.`)
      if (nothing.test(value)) continue
      if (value.length > (/secret|password/.test(key) ? longestSecret : key === 'auth_url' ? longestUrl : longestName)) {
        throw new Problem(`“${key}” in this entry is too long.`)
      }
      return value
    }
    return null
  }
}

const usable = (name: string, fields: Fields, lackingProfile: string | null): Partial<CloudEntry> => {
  const read = readerOf(fields)
  const address = read('auth_url')
  if (address === null) {
    throw new Problem(
      lackingProfile === null
        ? 'This entry does not say where the cloud’s sign-in (Keystone) is: auth_url is missing.'
        : `This entry stands on the profile “${lackingProfile.slice(0, 100)}”, which is not known here. Write its auth_url into the entry.`,
    )
  }
  refuseUnverified(fields)
  const authUrl = identityUrl(address)
  const regions = regionsOf(fields)
  const project = projectOf(read)
  const means = meansOf(read, project.id ?? project.name)
  const config: CloudConfig = {
    name,
    authUrl,
    region: regions.length === 1 ? (regions[0] ?? null) : null,
    interface: interfaceOf(fields),
    ca: [],
    auth: means.auth,
  }
  return { config, secret: means.secret, cacert: cacertOf(fields), regions, project: project.shown }
}

const refuseUnverified = (fields: Fields): void => {
  const verify = fields.get('verify')
  const insecure = fields.get('insecure')
  if ((typeof verify === 'string' && no.test(verify)) || (typeof insecure === 'string' && yes.test(insecure))) {
    throw new Problem(
      'This entry turns the check of certificates off (verify: false). Scanside never does that: name the cloud’s CA certificate with cacert instead, or have it put into the site file.',
    )
  }
}

const cacertOf = (fields: Fields): string | null => {
  const named = fields.get('cacert')
  if (typeof named === 'string' && !nothing.test(named)) return named.slice(0, 4_096)
  const verify = fields.get('verify')
  return typeof verify === 'string' && !yes.test(verify) && !nothing.test(verify) ? verify.slice(0, 4_096) : null
}

const regionsOf = (fields: Fields): string[] => {
  const one = fields.get('region_name')
  if (typeof one === 'string' && !nothing.test(one)) return [one.slice(0, longestName)]
  const several = fields.get('regions')
  if (!Array.isArray(several)) return []
  const names = several.slice(0, mostRegions).map((region: unknown) => (region instanceof Map ? region.get('name') : region))
  return [
    ...new Set(
      names.filter((region): region is string => typeof region === 'string' && !nothing.test(region)).map((region) => region.slice(0, longestName)),
    ),
  ]
}

/** `endpoint_type`, the older word, wins where both are there, as for every OpenStack tool. */
const interfaceOf = (fields: Fields): CloudConfig['interface'] => {
  const said = fields.get('endpoint_type') ?? fields.get('interface')
  const first: unknown = Array.isArray(said) ? said[0] : said
  if (first === undefined || first === null || (typeof first === 'string' && nothing.test(first))) return 'public'
  const word = typeof first === 'string' ? first.toLowerCase().replace(/url$/, '') : ''
  if (word === 'public' || word === 'internal' || word === 'admin') return word
  throw new Problem('This entry names an interface that is neither public, internal nor admin.')
}

const projectOf = (read: Read) => {
  const id = read('project_id', 'tenant_id')
  const name = read('project_name', 'tenant_name')
  return { id, name, shown: name ?? id }
}

const byToken = 'Make an application credential in the cloud’s own pages (Identity, Application Credentials) and use that.'

const meansOf = (read: Read, project: string | null): { auth: CloudConfig['auth']; secret: string | null } => {
  const said = read('auth_type', 'auth_plugin')?.toLowerCase() ?? null
  const id = read('application_credential_id')
  const name = read('application_credential_name')
  const user = read('username', 'user_name', 'user_id')
  const kind = said ?? (id !== null || name !== null ? 'v3applicationcredential' : read('token') !== null ? 'v3token' : 'password')
  const userDomain = read('user_domain_id', 'user_domain_name', 'domain_id', 'domain_name', 'default_domain') ?? 'default'

  switch (kind) {
    case 'v3applicationcredential': {
      const secret = read('application_credential_secret')
      if (id !== null) return { auth: { kind: 'application-credential', id }, secret }
      if (name === null) throw new Problem('This entry names no application credential: application_credential_id is missing.')
      if (user === null)
        throw new Problem('This entry names its application credential by name alone. Add application_credential_id, or the user it belongs to.')
      return { auth: { kind: 'application-credential-name', name, user, userDomain }, secret }
    }
    case 'password':
    case 'v3password': {
      if (user === null) throw new Problem('This entry names no user: username is missing.')
      if (project === null) throw new Problem('This entry names no project: project_name is missing.')
      const projectDomain = read('project_domain_id', 'project_domain_name', 'domain_id', 'domain_name', 'default_domain') ?? userDomain
      return { auth: { kind: 'password', user, userDomain, project, projectDomain }, secret: read('password') }
    }
    case 'v2password':
    case 'v2token':
      throw new Problem(`This entry signs in with Keystone’s old version 2 (${kind}), which no cloud that is kept up offers. ${byToken}`)
    case 'token':
    case 'v3token':
    case 'admin_token':
      throw new Problem(`This entry signs in with a token (${kind}), which ends within hours. ${byToken}`)
    case 'v3totp':
    case 'v3multifactor':
      throw new Problem(`This entry signs in with a second factor (${kind}), which cannot be given while runs are under way. ${byToken}`)
    default:
      throw new Problem(`This entry signs in in a way Scanside does not know (${kind.slice(0, 60)}). ${byToken}`)
  }
}
