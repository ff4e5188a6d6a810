/** Where a sign-in comes from: the clouds.yaml of this machine, texts a person chose, a form, or the site file. */
import { X509Certificate } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import type { FoundCloud } from '../../preload/cloud.ts'
import type { Input, Output } from '../../preload/contract.ts'
import { splitPem } from '../http/trust.ts'
import { cloudsCandidates, pathInClouds } from '../openstack/clouds-places.ts'
import { type CloudEntry, cloudOfEnvironment, readClouds } from '../openstack/clouds-yaml.ts'
import { identityUrl } from '../openstack/keystone.ts'
import type { CloudAccess, CloudConfig } from '../openstack/openstack.ts'
import type { SiteCloud } from '../site/site-cloud.ts'

export interface EntryPlaces {
  /** Text of a file, null where there is none; for clouds.yaml and its certificates. */
  readFile(path: string): Promise<string | null>
  platform: 'linux' | 'darwin' | 'win32'
  env: Record<string, string | undefined>
  home: string
}

export interface Entries {
  /** Never rejects: what is wrong is in `problem`. */
  found(): Promise<Output<'cloud.found'>>
  /** @throws ScansideError `invalid-file` */
  read(input: Input<'cloud.read'>): Promise<Output<'cloud.read'>>
  /** Of what was read or found last. @throws ScansideError `not-found`, or why the entry cannot be used */
  access(name: string, region: string | null): Promise<CloudAccess>
  /** @throws ScansideError `invalid-argument` */
  ofForm(input: Input<'cloud.signIn'>): CloudAccess
  /** Drops the texts a person chose: they hold secrets. */
  forget(): void
}

/** An entry, and the file it stands in; null for texts that came without one. */
interface Placed {
  entry: CloudEntry
  file: string | null
}

const sentenceOf = (error: unknown): string =>
  error instanceof ScansideError ? error.message : 'A clouds.yaml of this computer cannot be read with this account. Fill in the form instead.'

const hostOf = (config: CloudConfig | null): string => (config ? new URL(config.authUrl).host.slice(0, 300) : '')

const withoutSecret = 'Neither clouds.yaml nor secure.yaml holds its secret. Fill in the form instead.'

const rowOf = ({ entry }: Placed): FoundCloud => ({
  name: entry.name,
  host: hostOf(entry.config),
  region: entry.config?.region ?? null,
  project: entry.project,
  means: entry.config ? (entry.config.auth.kind === 'password' ? 'password' : 'application-credential') : null,
  problem: (entry.problem ?? (entry.secret === null ? withoutSecret : null))?.slice(0, 1_000) ?? null,
  regions: entry.regions,
})

/** PEM certificates of a text. @throws ScansideError `invalid-argument` where there is none, or one that cannot be read */
export const certificatesIn = (pem: string, where: string): string[] => {
  const certificates = splitPem(pem)
  try {
    if (certificates.length === 0) throw new Error('no certificate')
    for (const certificate of certificates) new X509Certificate(certificate)
  } catch (cause) {
    throw new ScansideError('invalid-argument', `${where} holds no certificate in PEM form that can be read. Copy it again.`, {}, { cause })
  }
  return certificates
}

/** The entry's region: its own, or the one that was chosen of several. @throws ScansideError `invalid-argument` */
export const regionOf = ({ config, regions, name }: Pick<CloudEntry, 'config' | 'regions' | 'name'>, wanted: string | null): string | null => {
  if (regions.length > 1 && wanted === null)
    throw new ScansideError('invalid-argument', `“${name}” names ${regions.length} regions. Choose one of them.`)
  if (wanted !== null && regions.length > 0 && !regions.includes(wanted))
    throw new ScansideError('invalid-argument', `“${name}” does not name this region. Choose one of its own.`)
  return wanted ?? config?.region ?? null
}

export function createEntries(places: EntryPlaces, site: SiteCloud | null): Entries {
  let chosen: Placed[] = []

  const first = async (files: string[]): Promise<string | null> => {
    for (const file of files) {
      const text = await places.readFile(file)
      if (text !== null) return text
    }
    return null
  }
  /** What lies in the usual places, read anew each time: secrets stay in their files. */
  const usual = async (): Promise<Placed[]> => {
    const { platform, env, home, readFile } = places
    const fromEnv = cloudOfEnvironment(env)
    const placed: Placed[] = fromEnv ? [{ entry: fromEnv, file: null }] : []
    for (const candidate of cloudsCandidates(platform, env, home, null)) {
      const text = await readFile(candidate.clouds)
      if (text === null) continue
      const entries = readClouds(text, await first(candidate.secure), await first(candidate.vendor))
      placed.push(...entries.map((entry) => ({ entry, file: candidate.clouds })))
      break
    }
    return placed.sort((a, b) => Number(b.entry.name === env.OS_CLOUD) - Number(a.entry.name === env.OS_CLOUD))
  }
  const certificatesOf = async ({ entry, file }: Placed): Promise<string[]> => {
    if (entry.cacert === null) return []
    const path = file === null ? entry.cacert : pathInClouds(places.platform, entry.cacert, file, places.home)
    const pem = await places.readFile(path).catch(() => null)
    if (pem === null) {
      throw new ScansideError(
        'not-found',
        `“${entry.name}” names a CA certificate that is not there or cannot be read. Copy it to its place, or fill in the form and put the certificate there.`,
      )
    }
    return certificatesIn(pem, `The file of the CA certificate that “${entry.name}” names`)
  }

  return {
    async found() {
      if (site) {
        const { config, secret } = site
        const entry: CloudEntry = { name: config.name, config, secret, cacert: null, regions: [], project: site.project, problem: null }
        return {
          clouds: [{ ...rowOf({ entry, file: null }), problem: secret === null ? 'Each desk signs in to it once by itself.' : null }],
          problem: null,
        }
      }
      try {
        return { clouds: (await usual()).slice(0, 200).map(rowOf), problem: null }
      } catch (error) {
        return { clouds: [], problem: sentenceOf(error) }
      }
    },
    async read({ clouds, secure }) {
      chosen = []
      chosen = readClouds(clouds, secure).map((entry) => ({ entry, file: null }))
      return { clouds: chosen.map(rowOf) }
    },
    async access(name, region) {
      if (site && site.config.name === name && site.secret !== null) return { config: site.config, secret: site.secret }
      const placed = chosen.find(({ entry }) => entry.name === name) ?? (await usual()).find(({ entry }) => entry.name === name)
      if (!placed) throw new ScansideError('not-found', 'This entry is not there any more. Look for it again.')
      const { entry } = placed
      if (entry.problem !== null || entry.config === null) throw new ScansideError('invalid-argument', entry.problem ?? 'This entry cannot be used.')
      if (entry.secret === null) throw new ScansideError('invalid-argument', withoutSecret)
      return { config: { ...entry.config, region: regionOf(entry, region), ca: await certificatesOf(placed) }, secret: entry.secret }
    },
    ofForm({ authUrl, region, interface: face, ca, auth }) {
      const { secret, ...means } = auth
      if (site) return { config: { ...site.config, authUrl: identityUrl(authUrl || site.config.authUrl), auth: means }, secret }
      const url = identityUrl(authUrl)
      const certificates = ca.trim() === '' ? [] : certificatesIn(ca, 'The field of the CA certificate')
      return { config: { name: new URL(url).hostname, authUrl: url, region, interface: face, ca: certificates, auth: means }, secret }
    },
    forget() {
      chosen = []
    },
  }
}
