/** Signing in to a cloud: from a config and its secret to one typed object. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { Http } from '../http/http.ts'
import { chooseEndpoints } from './catalog.ts'
import { connectGlance } from './glance.ts'
import { identityUrl, type Token, utcMs } from './keystone.ts'
import { connectNeutron } from './neutron.ts'
import { connectNova } from './nova.ts'
import type { Capsules, Cloud, CloudAccess } from './openstack.ts'
import { readAs, type Service } from './service.ts'
import { openSession, type Session } from './session.ts'
import { connectSwift } from './swift.ts'
import { connectZun } from './zun.ts'

export interface ConnectParts {
  /** Trusts the site's certificates and the config's own (`config.ca`). */
  http: Http
  /** This machine's clock, ms. */
  now?: () => number
  sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>
  signal?: AbortSignal
}

/** SHA-256 over Keystone's address, project and region, 16 hex digits. */
export const cloudId = (authUrl: string, project: string, region: string | null): string =>
  createHash('sha256')
    .update(`${identityUrl(authUrl)}\n${project}\n${region ?? ''}`)
    .digest('hex')
    .slice(0, 16)

const credentialSchema = z.object({ application_credential: z.object({ expires_at: z.string().nullish() }) })

/** When the application credential ends; null where it does not, or may not be read (access rules). */
const endOf = async (session: Session, token: Token, signal?: AbortSignal): Promise<string | null> => {
  if (!token.applicationCredential) return null
  const path = `/users/${encodeURIComponent(token.user.id)}/application_credentials/${encodeURIComponent(token.applicationCredential.id)}`
  const reply = await session.identity.ask({ method: 'GET', path, answers: [401, 403, 404], signal }).catch((error: unknown) => {
    if (error instanceof ScansideError && error.code === 'forbidden') return null
    throw error
  })
  if (reply === null || reply.status >= 400) {
    await reply?.discard()
    return null
  }
  const said = (await readAs(credentialSchema, reply, 'identity')).application_credential.expires_at
  const at = said ? utcMs(said) : Number.NaN
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** A Zun that is too old, or closed to this account, takes nothing away from the machines. */
const zunOrNull = (service: Service, signal?: AbortSignal): Promise<Capsules | null> =>
  connectZun(service, signal).catch((error: unknown) => {
    if (error instanceof ScansideError && ['not-supported', 'not-found', 'forbidden'].includes(error.code)) return null
    throw error
  })

/**
 * Signs in and looks at what the cloud has. A catalog without compute is no error: `Cloud.compute` is null then.
 * @throws ScansideError `unauthorized` (wrong secret, deleted, expired), `forbidden`, `invalid-argument` (address, region, interface), `not-supported`
 * (Nova too old), `unreachable`, `untrusted-certificate`, `timeout`, `cancelled`
 */
export const connectCloud = async (access: CloudAccess, parts: ConnectParts): Promise<Cloud> => {
  const { signal } = parts
  const session = await openSession(access, { http: parts.http, now: parts.now ?? Date.now, ...(parts.sleep ? { sleep: parts.sleep } : {}) }, signal)
  try {
    const token = session.token()
    const { region, urls } = chooseEndpoints(token.catalog, access.config)
    const [compute, objects, capsules, expiresAt] = await Promise.all([
      urls.compute ? connectNova(session.service('compute', urls.compute), signal) : null,
      urls['object-store'] ? connectSwift(session.service('object-store', urls['object-store']), session.opens, signal) : null,
      urls.container ? zunOrNull(session.service('container', urls.container), signal) : null,
      endOf(session, token, signal),
    ])
    return {
      id: cloudId(access.config.authUrl, token.project.id, region),
      config: access.config,
      project: token.project,
      user: token.user,
      roles: token.roles,
      expiresAt,
      clockSkewMs: session.skewMs,
      compute,
      images: urls.image ? connectGlance(session.service('image', urls.image)) : null,
      networks: urls.network ? connectNeutron(session.service('network', urls.network)) : null,
      objects,
      capsules,
      close: session.close,
    }
  } catch (error) {
    await session.close()
    throw error
  }
}
