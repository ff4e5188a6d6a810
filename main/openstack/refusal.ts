/** What a cloud's refusal means, told so that a researcher or the cloud's administrator can act on it. Pure. */
import { type ErrorCode, type ErrorDetails, ScansideError } from '../../oct/errors.ts'
import type { CloudConfig } from './openstack.ts'
import { type ServiceType, serviceNames } from './service.ts'

export interface Refusal {
  status: number
  /** The body's text as it came; bounded and cleaned before it is shown. */
  text: string
  /** The Retry-After header in ms; null where there is none. */
  retryAfterMs: number | null
  host: string
}

type Means = CloudConfig['auth']['kind']

const messageIn = (value: unknown, depth = 0): string => {
  if (depth > 3 || value === null || typeof value !== 'object') return ''
  const known = value as Record<string, unknown>
  for (const key of ['message', 'faultstring', 'detail', 'title']) {
    if (typeof known[key] === 'string' && known[key] !== '') return known[key]
  }
  for (const inner of Object.values(known)) {
    const found = messageIn(inner, depth + 1)
    if (found !== '') return found
  }
  return ''
}

/**
 * The cloud's own words, fit to be shown: from its JSON or its error page, one line, without addresses and without the value it complains of (which
 * may hold what it was given), at most 200 characters.
 */
export const cloudsWords = (text: string): string => {
  const bounded = text.slice(0, 16_384)
  let words = bounded
  try {
    words = messageIn(JSON.parse(bounded))
  } catch {
    if (/^\s*[{[]/.test(bounded)) return ''
    words = bounded.replace(/<head>[\s\S]*?<\/head>/i, ' ').replace(/<[^>]{0,500}>/g, ' ')
  }
  const line = words
    .replace(/\bvalue:[\s\S]*$/i, '')
    .replace(/\bhttps?:\/\/\S+/gi, '')
    .replace(/[^\P{C}]+|\s+/gu, ' ')
    .trim()
  return line.length > 200 ? `${line.slice(0, 199)}…` : line
}

const ending = (words: string): string => (words === '' ? '' : ` The cloud says: “${words.replace(/[.\s]+$/, '')}.”`)

const patience = (refusal: Refusal): string =>
  refusal.retryAfterMs === null ? 'Try again in a minute' : `It asks to be left alone for ${Math.max(1, Math.ceil(refusal.retryAfterMs / 1000))} s`

const roles =
  'Ask the cloud’s administrator for the roles “member” and “reader” in this project. An application credential must be made with both; leave its roles out to give it all of yours.'
const swiftRole = ' Some clouds give the object store to the role “swiftoperator” alone.'

const quotaWords = /quota|overlimit|over limit|exceed|too many instances/i

/** What a service of the catalog refused, after the token was made sure of. */
export const serviceRefusal = (type: ServiceType, means: Means, refusal: Refusal): ScansideError => {
  const service = `The cloud’s ${serviceNames[type]}`
  const words = cloudsWords(refusal.text)
  const tell = (code: ErrorCode, sentence: string, details: ErrorDetails = {}) =>
    new ScansideError(code, sentence, {
      ...details,
      service: type,
      status: refusal.status,
      ...(refusal.retryAfterMs === null ? {} : { retryAfterMs: refusal.retryAfterMs }),
    })

  switch (refusal.status) {
    case 400:
      if (/microversion|version .*not supported/i.test(words))
        return tell('not-supported', `${service} does not speak the version asked for.${ending(words)}`)
      return tell('invalid-argument', `${service} did not accept the order; nothing was created.${ending(words)}`)
    case 401:
      if (means === 'password') {
        return tell('unauthorized', `${service} does not take this sign-in. Sign in to the cloud again.`, { reason: 'token-refused' })
      }
      return tell(
        'forbidden',
        `${service} does not take this application credential, although the sign-in is good. It probably has access rules that leave this service out: make one without access rules.`,
        { reason: 'access-rules' },
      )
    case 403:
      if (quotaWords.test(words)) return quotaRefusal(service, words, tell)
      if (/zero disk/i.test(words)) {
        return tell(
          'invalid-argument',
          'This flavor has no disk of its own, and the cloud does not start machines from an image on it. Choose another flavor.',
          {
            reason: 'flavor-without-disk',
          },
        )
      }
      return tell('forbidden', `${service} does not let this account do that. ${roles}${type === 'object-store' ? swiftRole : ''}${ending(words)}`, {
        reason: 'roles',
      })
    case 404:
      return tell('not-found', `${service} does not know what was asked for. It may have been removed meanwhile.${ending(words)}`)
    case 406:
      return tell('not-supported', `${service} does not speak the version asked for.${ending(words)}`, { reason: 'microversion' })
    case 409:
      return tell('conflict', `${service} cannot do that now: something else is going on with it. Try again in a minute.${ending(words)}`)
    case 413:
      return quotaRefusal(service, words, tell)
    case 507:
      return quotaRefusal(service, words, tell)
    case 422:
      return tell('integrity', `${service} received other bytes than were sent and threw them away. Try again.`)
    case 429:
      return tell('unreachable', `${service} is asked too often. ${patience(refusal)}. Nothing was lost.`, { reason: 'busy' })
    case 502:
    case 503:
    case 504:
      return tell('unreachable', `${service} is not available at the moment. ${patience(refusal)}. Nothing was lost.`, { reason: 'busy' })
    default:
      return tell(
        'unreachable',
        `${service} failed (${refusal.status}). Try again; if it stays so, tell the cloud’s administrator.${ending(words)}`,
        {
          reason: 'service-failed',
        },
      )
  }
}

type Tell = (code: ErrorCode, sentence: string, details?: ErrorDetails) => ScansideError

const quotaRefusal = (service: string, words: string, tell: Tell): ScansideError =>
  tell(
    'quota',
    `${service} refuses: the project’s quota is used up. Remove what is not needed any more, or ask the cloud’s administrator for more.${ending(words)}`,
    { reason: 'quota' },
  )

/** What Keystone refused at the sign-in itself. */
export const signInRefusal = (auth: CloudConfig['auth'], refusal: Refusal): ScansideError => {
  const words = cloudsWords(refusal.text)
  const details = { service: 'identity', status: refusal.status }
  if (refusal.status === 401) {
    if (auth.kind === 'password') {
      if (/password.*expired|expired.*password/i.test(words)) {
        return new ScansideError(
          'unauthorized',
          'The password of this cloud account has expired. Change it where you change it usually, then sign in again.',
          {
            ...details,
            reason: 'password-expired',
          },
        )
      }
      if (/locked/i.test(words)) {
        return new ScansideError(
          'unauthorized',
          'This cloud account is locked after too many wrong passwords. Wait, or ask the cloud’s administrator.',
          {
            ...details,
            reason: 'locked',
          },
        )
      }
      return new ScansideError(
        'unauthorized',
        'The cloud does not accept this user, password and project together. Check all three and the domains; an account without a role in the project is refused as well.',
        { ...details, reason: 'wrong-secret' },
      )
    }
    if (/expired/i.test(words)) {
      return new ScansideError('unauthorized', 'This application credential has expired. Make a new one and sign in with it.', {
        ...details,
        reason: 'expired',
      })
    }
    return new ScansideError(
      'unauthorized',
      'The cloud does not accept this application credential: its secret is wrong, or it has expired or was withdrawn. Check the secret, or make a new credential.',
      { ...details, reason: 'wrong-secret' },
    )
  }
  if (refusal.status === 404 && auth.kind !== 'password') {
    if (/application credential/i.test(words)) {
      return new ScansideError(
        'unauthorized',
        'The cloud does not know this application credential any more: it was deleted. Make a new one and sign in with it.',
        {
          ...details,
          reason: 'deleted',
        },
      )
    }
  }
  if (refusal.status === 404 || refusal.status === 405) {
    return new ScansideError(
      'invalid-argument',
      `There is no OpenStack sign-in (Keystone v3) at this address of ${refusal.host}. It usually ends in /v3; ask the cloud’s administrator.`,
      { ...details, reason: 'no-keystone' },
    )
  }
  if (refusal.status === 403) {
    return new ScansideError('forbidden', `The cloud’s sign-in service (Keystone) refuses this account.${ending(words)}`, details)
  }
  if (refusal.status === 400) {
    return new ScansideError('invalid-argument', `The cloud’s sign-in service (Keystone) did not understand the sign-in.${ending(words)}`, details)
  }
  return serviceRefusal('identity', auth.kind, refusal)
}

/** Why a machine is in ERROR, as a sentence: 202 is not acceptance, and the fault is the only word on it. */
export const faultSentence = (fault: { code: number; message: string } | null): string => {
  const words = fault ? cloudsWords(fault.message) : ''
  if (fault?.code === 413 || quotaWords.test(words)) {
    return `The cloud did not start the machine: the project’s quota is used up. Wait until other machines are gone, or ask the cloud’s administrator for more.${ending(words)}`
  }
  if (/no valid host|not enough|insufficient|no hosts? available/i.test(words)) {
    return `The cloud has no room for a machine of this size now. Choose a smaller flavor or another availability zone, or try again later.${ending(words)}`
  }
  if (
    /image.*(not found|could not be found|unacceptable|not acceptable|corrupt|not active|inactive|minram|mindisk)|unacceptable image|flavor.*too small/i.test(
      words,
    )
  ) {
    return `The cloud cannot start a machine from this image. Choose another image, or ask who put it there.${ending(words)}`
  }
  if (/network|port|no more ip|ip address/i.test(words)) {
    return `The cloud could not connect the machine to its network. Choose another network, or tell the cloud’s administrator.${ending(words)}`
  }
  return `The cloud could not start the machine. Try again; if it stays so, tell the cloud’s administrator.${ending(words)}`
}

/** A warning where this machine's clock and the cloud's differ by more than two minutes; null else. `skewMs` as `Cloud.clockSkewMs`. */
export const clockWarning = (skewMs: number): string | null => {
  if (Math.abs(skewMs) < 120_000) return null
  const minutes = Math.round(Math.abs(skewMs) / 60_000)
  const amount = minutes < 120 ? `${minutes} minutes` : minutes < 2_880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1_440)} days`
  return `This machine’s clock is ${amount} ${skewMs > 0 ? 'behind' : 'ahead of'} the cloud’s. Set it right: certificates and receipts depend on it.`
}
