/** Signing in over HTTP that trusts the site's certificates and the cloud's own. */
import type { Http } from '../http/http.ts'
import { applicationCredentialsNamed, deleteApplicationCredential, makeApplicationCredential } from '../openstack/application-credential.ts'
import { connectCloud } from '../openstack/connect.ts'
import type { Cloud, CloudAccess } from '../openstack/openstack.ts'

/** A desk that is given away does not keep a way into the cloud for ever; two weeks before the end it says so. */
const credentialDays = 180

export interface Connector {
  connect(access: CloudAccess, signal?: AbortSignal): Promise<Cloud>
  /** A password becomes an application credential, good for half a year. Its name tells the desk and the moment, nothing of a person. */
  exchange(access: CloudAccess): Promise<CloudAccess>
  /** Withdraws all that this desk ever made with this account's password, but `except`: also what a crash kept from being written down. */
  withdraw(owner: CloudAccess, except: string | null): Promise<void>
  close(): Promise<void>
}

/** One HTTP for each set of certificates, kept for the connections it holds. */
export function createConnector(parts: { http(roots: string[]): Http; siteRoots: string[]; install: string; now(): number }): Connector {
  const kept = new Map<string, Http>()
  const ours = `scanside-${parts.install}-`
  const httpFor = ({ config }: CloudAccess): Http => {
    const roots = [...parts.siteRoots, ...config.ca]
    const key = roots.join('\n')
    let http = kept.get(key)
    if (!http) {
      http = parts.http(roots)
      kept.set(key, http)
    }
    return http
  }
  return {
    connect: (access, signal) => connectCloud(access, { http: httpFor(access), ...(signal ? { signal } : {}) }),
    exchange: (access) => {
      const at = new Date(parts.now())
      const moment = at.toISOString().replace(/\D/g, '').slice(0, 17)
      const expiresAt = new Date(at.getTime() + credentialDays * 24 * 3_600_000)
      return makeApplicationCredential(access, { http: httpFor(access), name: `${ours}${moment}`, expiresAt })
    },
    async withdraw(owner, except) {
      const http = httpFor(owner)
      for (const id of await applicationCredentialsNamed(owner, ours, { http })) {
        if (id !== except) await deleteApplicationCredential(owner, id, { http })
      }
    },
    async close() {
      await Promise.all([...kept.values()].map((http) => http.close()))
    },
  }
}
