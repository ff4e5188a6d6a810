/** Links to one object for one method that need no credential (Swift's TempURL). Pure. */
import { createHmac } from 'node:crypto'

export type LinkDigest = 'sha512' | 'sha256' | 'sha1'

/** Best first. SHA-256 stands before SHA-512: as strong for this use, and every Swift that knows either takes it as plain hex. */
const preference: LinkDigest[] = ['sha256', 'sha512', 'sha1']

/** What `GET /info` allows, best first; where it does not say, SHA-1, which is all the older ones and Ceph document. */
export const linkDigests = (allowed: readonly string[] | undefined): LinkDigest[] => {
  const known = preference.filter((digest) => allowed?.includes(digest))
  return known.length === 0 ? ['sha1'] : known
}

/**
 * @param account the account's address, as the catalog gives it
 * @param expires seconds since 1970, by the cloud's clock
 */
export const temporaryLink = (
  link: { method: 'GET' | 'PUT'; account: string; container: string; object: string; expires: number },
  key: string,
  digest: LinkDigest,
): string => {
  const account = decodeURIComponent(new URL(link.account).pathname).replace(/\/+$/, '')
  // What stands before the version is the gateway's (Ceph's `/swift`) and is not signed.
  const signed = `${account.slice(Math.max(0, account.search(/\/v1(\/|$)/)))}/${link.container}/${link.object}`
  const mac = createHmac(digest, key).update(`${link.method}\n${link.expires}\n${signed}`, 'utf8')
  const signature = digest === 'sha512' ? `sha512:${mac.digest('base64')}` : mac.digest('hex')
  const query = new URLSearchParams({ temp_url_sig: signature, temp_url_expires: String(link.expires) })
  return `${link.account.replace(/\/+$/, '')}/${encodeURIComponent(link.container)}/${encodeObject(link.object)}?${query}`
}

/** An object's name in a path: its slashes are its own. */
export const encodeObject = (name: string): string => name.split('/').map(encodeURIComponent).join('/')
