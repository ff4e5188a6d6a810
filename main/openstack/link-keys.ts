/**
 * Where the key of a store's links lives. A container's own key is used wherever the store knows it; the account's only where it knows no other
 * (older Ceph gateways), and never in place of one that is there.
 */
import { randomBytes } from 'node:crypto'
import { ScansideError } from '../../oct/errors.ts'
import type { Service } from './service.ts'
import { type LinkDigest, temporaryLink } from './temp-url.ts'

export interface LinkKeys {
  /** What is known so far; both until the first container has shown it. */
  levels(): ('container' | 'account')[]
  /**
   * Makes sure, once, that a link with this container's key is taken; else falls back to the account's.
   * @throws ScansideError `not-supported` where neither works
   */
  prove(container: string, key: string, signal?: AbortSignal): Promise<void>
  /** The key links are really signed with. */
  keyFor(key: string): string
  /** Names of containers that may need the account's key. */
  readonly prefix: string
  /** Takes an account key that Scanside set away again, when nothing that may need it is left. */
  tidy(unused: () => Promise<boolean>, signal?: AbortSignal): Promise<void>
}

const accountKeyHeader = 'x-account-meta-temp-url-key'
const noKey = { 'x-remove-account-meta-temp-url-key': 'x' }
const prefix = 'scanside-'

/** @param opens whether a link opens without any credential */
export const createLinkKeys = (service: Service, opens: (link: string, signal?: AbortSignal) => Promise<boolean>, digest: LinkDigest): LinkKeys => {
  let level: 'container' | 'account' | null = null
  let accountKey: string | null = null
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other: many runs begin and end at once, and the account has one key for all of them. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work)
    last = mine.catch(() => undefined)
    return mine
  }

  // Asks for what is not there: 404 says that the signature was good, 401 that it was not.
  const taken = async (container: string, key: string, signal?: AbortSignal): Promise<boolean> => {
    const expires = Math.floor(service.now() / 1000) + 300
    const link = temporaryLink({ method: 'GET', account: service.url, container, object: 'key-check', expires }, key, digest)
    return opens(link, signal)
  }

  const readAccount = async (signal?: AbortSignal): Promise<string | null> => {
    const reply = await service.ask({ method: 'HEAD', path: '', signal })
    await reply.discard()
    return reply.header(accountKeyHeader) || null
  }

  const writeAccount = async (headers: Record<string, string>, signal?: AbortSignal): Promise<void> => {
    await (await service.ask({ method: 'POST', path: '', headers, body: new Uint8Array(0), signal })).discard()
  }

  const prove: LinkKeys['prove'] = async (container, key, signal) => {
    if (level === 'container') return
    if (level === null && (await taken(container, key, signal))) {
      level = 'container'
      return
    }
    accountKey = await readAccount(signal)
    let own: string | null = null
    if (accountKey === null) {
      own = `${prefix}${randomBytes(24).toString('hex')}`
      await writeAccount({ [accountKeyHeader]: own }, signal)
      // Two desks may have written at once: the one that is there counts.
      accountKey = await readAccount(signal)
    }
    if (accountKey === null || !(await taken(container, accountKey, signal))) {
      if (own !== null && accountKey === own) await writeAccount(noKey, signal).catch(() => undefined)
      accountKey = null
      throw new ScansideError(
        'not-supported',
        'The cloud’s object store does not take links that work without a credential (TempURL), although it says so. Tell the cloud’s administrator.',
        { reason: 'no-links' },
      )
    }
    level = 'account'
  }

  const tidy: LinkKeys['tidy'] = async (unused, signal) => {
    // An earlier life may have set one: then nothing is known of it here.
    const ours = accountKey ?? (await readAccount(signal))
    if (!ours?.startsWith(prefix) || !(await unused())) return
    if ((await readAccount(signal)) === ours) await writeAccount(noKey, signal)
    accountKey = null
    level = null
  }

  return {
    prefix,
    levels: () => (level === null ? ['container', 'account'] : [level]),
    keyFor: (key) => accountKey ?? key,
    async prove(container, key, signal) {
      if (level === 'container') return
      await inTurn(() => prove(container, key, signal))
    },
    async tidy(unused, signal) {
      if (level === 'container') return
      const tidied = inTurn(() => tidy(unused, signal))
      // Where no link was made here the account may not even be open to this sign-in.
      await (level === null ? tidied.catch(() => undefined) : tidied)
    },
  }
}
