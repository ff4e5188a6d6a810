/** The form for signing in to a cloud by hand: what is wrong with it, and what is sent. Pure. */
import type { Input } from '../../../preload/contract.ts'

type SignIn = Input<'cloud.signIn'>
export type AuthKind = SignIn['auth']['kind']

export interface CloudEntry {
  authUrl: string
  region: string
  interface: SignIn['interface']
  /** PEM */
  ca: string
  kind: AuthKind
  id: string
  name: string
  user: string
  userDomain: string
  project: string
  projectDomain: string
  secret: string
  exchange: boolean
  remember: boolean
}

export const emptyEntry: CloudEntry = {
  authUrl: '',
  region: '',
  interface: 'public',
  ca: '',
  kind: 'application-credential',
  id: '',
  name: '',
  user: '',
  userDomain: 'Default',
  project: '',
  projectDomain: 'Default',
  secret: '',
  exchange: true,
  remember: true,
}

export type TextName = 'authUrl' | 'id' | 'name' | 'user' | 'userDomain' | 'project' | 'projectDomain' | 'secret'

/** The fields each kind of credential wants, in the order they are filled in. */
export const authFields: Record<AuthKind, readonly Exclude<TextName, 'authUrl'>[]> = {
  'application-credential': ['id', 'secret'],
  'application-credential-name': ['name', 'user', 'userDomain', 'secret'],
  password: ['user', 'userDomain', 'project', 'projectDomain', 'secret'],
}

export interface Wrong {
  field: TextName | 'ca'
  why: 'required' | 'address' | 'plain' | 'pem' | 'key'
}

/** The first field that keeps the form from being sent; null where all is well. `fixed`: the site file gives the address. */
export function wrongField(entry: CloudEntry, fixed: boolean): Wrong | null {
  if (!fixed) {
    const why = wrongAddress(entry.authUrl.trim())
    if (why) return { field: 'authUrl', why }
    const ca = wrongCertificate(entry.ca)
    if (ca) return { field: 'ca', why: ca }
  }
  const missing = authFields[entry.kind].find((field) => entry[field].trim() === '')
  return missing ? { field: missing, why: 'required' } : null
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

function wrongAddress(address: string): 'required' | 'address' | 'plain' | null {
  if (address === '') return 'required'
  const url = URL.parse(address)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return 'address'
  return url.protocol === 'https:' || loopback.test(url.hostname) ? null : 'plain'
}

/** What is wrong with a CA's text; null where it is a certificate, or empty. A private key has nothing to do here and must not be kept. */
export function wrongCertificate(pem: string): 'pem' | 'key' | null {
  if (pem.trim() === '') return null
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) return 'key'
  return /-----BEGIN (TRUSTED )?CERTIFICATE-----[\s\S]+-----END (TRUSTED )?CERTIFICATE-----/.test(pem) ? null : 'pem'
}

/**
 * What is sent of a form that is well.
 * @param keyring whether anything can be remembered at this desk
 * @param host the cloud's, where the site file gives it: its own address, region and certificate hold then, whatever is sent
 */
export function sentEntry(entry: CloudEntry, keyring: boolean, host: string | null): SignIn {
  return {
    authUrl: host === null ? entry.authUrl.trim() : `https://${host}`,
    region: entry.region.trim() || null,
    interface: entry.interface,
    ca: entry.ca.trim() === '' ? '' : `${entry.ca.trim()}\n`,
    auth: authOf(entry),
    exchange: entry.kind === 'password' && entry.exchange,
    remember: entry.remember && keyring,
  }
}

function authOf(entry: CloudEntry): SignIn['auth'] {
  const { kind, secret } = entry
  const [id, name, user, userDomain, project, projectDomain] = [
    entry.id,
    entry.name,
    entry.user,
    entry.userDomain,
    entry.project,
    entry.projectDomain,
  ].map((text) => text.trim()) as [string, string, string, string, string, string]
  if (kind === 'password') return { kind, user, userDomain, project, projectDomain, secret }
  return kind === 'application-credential' ? { kind, id, secret: secret.trim() } : { kind, name, user, userDomain, secret: secret.trim() }
}
