/** The archive's address as people type or paste it, made into the one form that requests are built from. */
import { ScansideError } from '../../oct/errors.ts'
import { allowedUrl } from '../http/address.ts'

// What follows a context path in XNAT's own pages and routes; people paste the address of the page they look at.
const ownRoutes = /\/(?:app|data|REST|xapi|archive)(?:\/.*)?$/

/**
 * `xnat.example.org/xnat/app/template/Login.vm` becomes `https://xnat.example.org/xnat`: scheme, host, port and context path, no slash at the end.
 * @throws ScansideError `invalid-argument` where it is no address, `untrusted-certificate` where it is plain HTTP to another machine
 */
export const archiveAddress = (typed: string): string => {
  const text = typed.trim()
  if (text === '') throw new ScansideError('invalid-argument', 'Type the address of your institute’s archive.', { reason: 'address' })
  const url = allowedUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  const path = url.pathname.replace(ownRoutes, '').replace(/\/+$/, '')
  return `${url.origin}${path}`
}

/** What the person is shown of an address: host and context path. */
export const shownAddress = (address: string): string => {
  const url = new URL(address)
  return `${url.host}${url.pathname === '/' ? '' : url.pathname}`
}

/** Joins names into an encoded path below the address: `/data/projects/P%201/...`. Slashes inside a name stay inside it. */
export const dataPath = (...names: string[]): string => `/data/${names.map(encodeURIComponent).join('/')}`
