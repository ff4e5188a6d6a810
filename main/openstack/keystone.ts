/** Signing in: Keystone v3's `POST /auth/tokens`, what it answers, and how the token is ended. */
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import { allowedUrl } from '../http/address.ts'
import type { Http, HttpReply } from '../http/http.ts'
import { retryAfterMs } from '../http/retry.ts'
import { type Catalog, catalogSchema } from './catalog.ts'
import type { CloudAccess, CloudConfig } from './openstack.ts'
import { type Refusal, signInRefusal } from './refusal.ts'
import { readAs } from './service.ts'

const named = z.object({ id: z.string(), name: z.string() })

const tokenSchema = z.object({
  token: z.object({
    expires_at: z.string(),
    issued_at: z.string(),
    user: named,
    project: named.nullish(),
    roles: z.array(z.object({ name: z.string() })).default([]),
    catalog: catalogSchema.default([]),
    application_credential: z.object({ id: z.string(), name: z.string().nullish() }).nullish(),
  }),
})

export interface Token {
  /** The secret itself. In memory only. */
  value: string
  project: { id: string; name: string }
  user: { id: string; name: string }
  roles: string[]
  catalog: Catalog
  /** ms, Keystone's clock */
  issuedAt: number
  /** ms, Keystone's clock */
  expiresAt: number
  applicationCredential: { id: string } | null
}

/**
 * Keystone's address with `/v3` at its end, whatever of it was given.
 * @throws ScansideError `invalid-argument` where it is no web address or holds a password, `untrusted-certificate` where it is plain http elsewhere
 */
export const identityUrl = (address: string): string => {
  let url: URL
  try {
    url = new URL(address.trim())
  } catch (cause) {
    throw new ScansideError(
      'invalid-argument',
      'The address of the cloud’s sign-in (Keystone) is not a web address. Write it like https://cloud.example.org:5000/v3.',
      { reason: 'address' },
      { cause },
    )
  }
  allowedUrl(url.href)
  const path = url.pathname.replace(/\/+$/, '').replace(/\/auth\/tokens$/, '')
  const versioned = /\/v3$/.test(path) ? path : `${path.replace(/\/v2\.0$/, '')}/v3`
  return `${url.origin}${versioned}`
}

/** Keystone's times are UTC, also where they do not say so (a token that ends with its application credential). NaN where it is none. */
export const utcMs = (time: string): number => Date.parse(/(z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`)

const isId = (name: string): boolean => /^([0-9a-f]{32}|[0-9a-f]{64})$/.test(name)

/** A domain by its id or its name: `default` is the id of the domain every Keystone is born with. */
const domain = (name: string): { id: string } | { name: string } => (name === 'default' || isId(name) ? { id: name } : { name })

/** An id is known everywhere; a name within its domain. */
const within = (name: string, domainName: string) => (isId(name) ? { id: name } : { name, domain: domain(domainName) })

/** The body of the sign-in. An application credential is scoped already and names no project. */
export const signInBody = (auth: CloudConfig['auth'], secret: string): unknown => {
  switch (auth.kind) {
    case 'application-credential':
      return { auth: { identity: { methods: ['application_credential'], application_credential: { id: auth.id, secret } } } }
    case 'application-credential-name':
      return {
        auth: {
          identity: {
            methods: ['application_credential'],
            application_credential: { name: auth.name, user: within(auth.user, auth.userDomain), secret },
          },
        },
      }
    case 'password':
      return {
        auth: {
          identity: { methods: ['password'], password: { user: { ...within(auth.user, auth.userDomain), password: secret } } },
          scope: { project: within(auth.project, auth.projectDomain) },
        },
      }
  }
}

export const refusalIn = async (reply: HttpReply, now: number): Promise<Refusal> => ({
  status: reply.status,
  // An error page longer than this says nothing more.
  text: await reply.text(262_144).catch(() => ''),
  retryAfterMs: retryAfterMs(reply.header('retry-after'), now),
  host: reply.url.host,
})

/**
 * @throws ScansideError `unauthorized` (`reason`: `wrong-secret`, `deleted`, `expired`, `password-expired`, `locked`), `invalid-argument`
 * (`reason: no-keystone`, `no-project`), `unreachable`, `untrusted-certificate`, `timeout`, `cancelled`
 */
export const signIn = async (access: CloudAccess, http: Http, now: () => number, signal?: AbortSignal): Promise<Token> => {
  const url = `${identityUrl(access.config.authUrl)}/auth/tokens`
  const reply = await http.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: Buffer.from(JSON.stringify(signInBody(access.config.auth, access.secret))),
    ...(signal ? { signal } : {}),
  })
  if (reply.status !== 201 && reply.status !== 200) {
    if (reply.status < 400) {
      await reply.discard()
      throw signInRefusal(access.config.auth, { status: 404, text: '', retryAfterMs: null, host: reply.url.host })
    }
    throw signInRefusal(access.config.auth, await refusalIn(reply, now()))
  }
  const { token } = await readAs(tokenSchema, reply, 'identity')
  const value = reply.header('x-subject-token')
  const issuedAt = utcMs(token.issued_at)
  const expiresAt = utcMs(token.expires_at)
  if (!value || Number.isNaN(issuedAt) || Number.isNaN(expiresAt)) {
    throw new ScansideError('not-supported', 'The cloud’s sign-in service (Keystone) answered without a token. Ask the cloud’s administrator.', {
      reason: 'no-token',
    })
  }
  if (!token.project) {
    throw new ScansideError(
      'invalid-argument',
      'This sign-in belongs to no project of the cloud. Name the project, or use a credential made in one.',
      {
        reason: 'no-project',
      },
    )
  }
  return {
    value,
    project: { id: token.project.id, name: token.project.name },
    user: { id: token.user.id, name: token.user.name },
    roles: token.roles.map((role) => role.name),
    catalog: token.catalog,
    issuedAt,
    expiresAt,
    applicationCredential: token.application_credential ? { id: token.application_credential.id } : null,
  }
}

/** Ends a token. Never rejects: one that cannot be ended ends by itself within hours. */
export const revoke = async (authUrl: string, token: string, http: Http): Promise<void> => {
  try {
    const headers = { 'x-auth-token': token, 'x-subject-token': token }
    const reply = await http.request({
      method: 'DELETE',
      url: `${identityUrl(authUrl)}/auth/tokens`,
      headers,
      signal: AbortSignal.timeout(10_000),
    })
    await reply.discard()
  } catch {
    // Said in the docstring.
  }
}
