/** Where a sign-in comes from: the clouds.yaml of this machine, texts a person chose, a form, or the site file. */
import { ScansideError } from '../../oct/errors.ts'
import type { FoundCloud } from '../../preload/cloud.ts'
import type { Input, Output } from '../../preload/contract.ts'
import { splitPem } from '../http/trust.ts'
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
  found(): Promise<Output<'cloud.found'>>
  read(input: Input<'cloud.read'>): Promise<Output<'cloud.read'>>
  /** Of what was found or read last. @throws ScansideError `not-found`, or why the entry cannot be used */
  access(name: string, region: string | null): Promise<CloudAccess>
  ofForm(input: Input<'cloud.signIn'>): CloudAccess
  /** Drops the texts a person chose: they hold secrets. */
  forget(): void
  /** What the site's files give every desk, with the secret beside them; null where each desk signs in by itself. */
  siteAccess(): CloudAccess | null
  siteConfig(): CloudConfig | null
  /** Whether this is the cloud the site file fixes; true where it fixes none. */
  isSites(config: CloudConfig): boolean
}

export function createEntries(_places: EntryPlaces, site: SiteCloud | null): Entries {
  return {
    found: async () => ({ clouds: [], problem: null }),
    read: async () => ({ clouds: [] as FoundCloud[] }),
    access: async () => {
      throw new ScansideError('not-found', 'This entry is not there any more. Look for it again.')
    },
    ofForm({ authUrl, region, interface: face, ca, auth }) {
      const { secret, ...means } = auth
      const url = identityUrl(authUrl)
      const config: CloudConfig = { name: new URL(url).hostname, authUrl: url, region, interface: face, ca: splitPem(ca), auth: means }
      return { config: site ? { ...site.config, auth: means } : config, secret }
    },
    forget: () => undefined,
    siteAccess: () => (site?.secret ? { config: site.config, secret: site.secret } : null),
    siteConfig: () => site?.config ?? null,
    isSites: (config) => site === null || identityUrl(config.authUrl) === identityUrl(site.config.authUrl),
  }
}
