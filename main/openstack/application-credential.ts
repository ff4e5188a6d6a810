/** A password exchanged for an application credential: revocable, bound to one project, and the password can be forgotten. */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { Http } from '../http/http.ts'
import type { CloudAccess } from './openstack.ts'
import { readAs } from './service.ts'
import { openSession } from './session.ts'

export interface CredentialWish {
  http: Http
  /** How the cloud's own pages list it; one account has each name once. */
  name: string
  /** Null or left out: it does not end by itself. */
  expiresAt?: Date | null
  now?: () => number
  signal?: AbortSignal
}

const madeSchema = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) })

/**
 * Roles are left out, which gives it all that its owner has in the project: one made with `member` alone has no `reader`, as implied roles are not
 * added. It may not make or delete further credentials.
 * @param access a password's; the project it names is the credential's
 * @throws ScansideError as `connectCloud`; `invalid-argument` where `access` is no password's, `conflict` where the name is taken, `forbidden` where the
 * cloud lets nobody make one
 */
export const makeApplicationCredential = async (access: CloudAccess, wish: CredentialWish): Promise<CloudAccess> => {
  const { session, path } = await asOwner(access, wish)
  try {
    const reply = await session.identity.ask({
      method: 'POST',
      path,
      json: {
        application_credential: {
          name: wish.name,
          description: 'Made by Scanside, which keeps its secret in the keyring of one desk.',
          unrestricted: false,
          ...(wish.expiresAt ? { expires_at: wish.expiresAt.toISOString().replace('Z', '000') } : {}),
        },
      },
      signal: wish.signal,
      answers: [409],
    })
    if (reply.status === 409) {
      await reply.discard()
      throw new ScansideError(
        'conflict',
        'This cloud account has an application credential of this name already. Delete it in the cloud’s own pages, or choose another name.',
        {
          reason: 'credential-name',
        },
      )
    }
    const made = (await readAs(madeSchema, reply, 'identity')).application_credential
    return { config: { ...access.config, auth: { kind: 'application-credential', id: made.id } }, secret: made.secret }
  } finally {
    await session.close()
  }
}

/**
 * Withdraws one; that it is gone already is fine. A credential cannot delete itself: its owner's password is needed.
 * @throws ScansideError as `makeApplicationCredential`
 */
export const deleteApplicationCredential = async (
  owner: CloudAccess,
  id: string,
  parts: Pick<CredentialWish, 'http' | 'now' | 'signal'>,
): Promise<void> => {
  const { session, path } = await asOwner(owner, parts)
  try {
    const reply = await session.identity.ask({ method: 'DELETE', path: `${path}/${encodeURIComponent(id)}`, answers: [404], signal: parts.signal })
    await reply.discard()
  } finally {
    await session.close()
  }
}

const listedSchema = z.object({ application_credentials: z.array(z.object({ id: z.string(), name: z.string() })) })

/**
 * Ids of the owner's credentials whose name begins so: what a crash between making one and writing it down has left is among them.
 * @throws ScansideError as `makeApplicationCredential`
 */
export const applicationCredentialsNamed = async (
  owner: CloudAccess,
  prefix: string,
  parts: Pick<CredentialWish, 'http' | 'now' | 'signal'>,
): Promise<string[]> => {
  const { session, path } = await asOwner(owner, parts)
  try {
    const reply = await session.identity.ask({ method: 'GET', path, signal: parts.signal })
    const { application_credentials } = await readAs(listedSchema, reply, 'identity')
    return application_credentials.filter(({ name }) => name.startsWith(prefix)).map(({ id }) => id)
  } finally {
    await session.close()
  }
}

const asOwner = async (access: CloudAccess, parts: Pick<CredentialWish, 'http' | 'now' | 'signal'>) => {
  if (access.config.auth.kind !== 'password') {
    throw new ScansideError(
      'invalid-argument',
      'An application credential cannot make or withdraw another one. Sign in to the cloud with user and password.',
      { reason: 'needs-password' },
    )
  }
  const session = await openSession(access, { http: parts.http, now: parts.now ?? Date.now }, parts.signal)
  return { session, path: `/users/${encodeURIComponent(session.token().user.id)}/application_credentials` }
}
