/** Which certificate authorities are believed: Node's own, the operating system's, and the site's. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import tls from 'node:tls'
import { ScansideError } from '../../oct/errors.ts'

// Debian, Ubuntu and Alpine; Fedora and RHEL; openSUSE.
const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem']

/** Takes a PEM bundle apart, one certificate an element. Text around the blocks is dropped. */
export const splitPem = (text: string): string[] => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []

/** The operating system's store: by Node where it can (22.15 and later), else the distribution's bundle; empty where there is neither. */
export const systemRoots = (readFile: (path: string) => string = (path) => readFileSync(path, 'utf8')): string[] => {
  const ask = (tls as { getCACertificates?: (type: 'system') => string[] }).getCACertificates
  if (ask) {
    try {
      return ask('system')
    } catch {
      return []
    }
  }
  for (const bundle of bundles) {
    try {
      return splitPem(readFile(bundle))
    } catch {
      // The next distribution's place is tried.
    }
  }
  return []
}

/**
 * One TLS context over Node's roots, the system's and `extra`. Made once: parsing some 300 certificates takes tens of milliseconds.
 * @throws ScansideError `invalid-argument` where an extra certificate cannot be read
 */
export const trustContext = (system: string[], extra: string[]): tls.SecureContext => {
  const added = extra.flatMap(certificatesOf)
  return tls.createSecureContext({ ca: [...tls.rootCertificates, ...system, ...added], minVersion: 'TLSv1.2' })
}

// OpenSSL passes over a certificate it cannot read; the site would then be called untrusted without a word on why.
const certificatesOf = (pem: string): string[] => {
  const certificates = splitPem(pem)
  try {
    if (certificates.length === 0) throw new Error('no certificate')
    return certificates.map((one) => new X509Certificate(one).toString())
  } catch (cause) {
    throw new ScansideError(
      'invalid-argument',
      'The CA certificate given for this site cannot be read. Ask for it in PEM form.',
      { reason: 'ca' },
      { cause },
    )
  }
}
