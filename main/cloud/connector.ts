/** Signing in over HTTP that trusts the site's certificates and the cloud's own. */
import type { Http } from '../http/http.ts'
import { connectCloud } from '../openstack/connect.ts'
import type { Cloud, CloudAccess } from '../openstack/openstack.ts'

export interface Connector {
  connect(access: CloudAccess, signal?: AbortSignal): Promise<Cloud>
  close(): Promise<void>
}

/** One HTTP for each set of certificates, kept for the connections it holds. */
export function createConnector(parts: { http(roots: string[]): Http; siteRoots: string[] }): Connector {
  const kept = new Map<string, Http>()
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
    async close() {
      await Promise.all([...kept.values()].map((http) => http.close()))
    },
  }
}
