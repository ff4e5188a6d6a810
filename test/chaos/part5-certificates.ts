/** A certificate authority of the suite's own, and certificates as they should not be. */
import { generate } from 'selfsigned'

export interface Issued {
  cert: string
  key: string
}

export interface Authority {
  /** PEM. */
  ca: string
  issue(options: { names?: string[]; ips?: string[]; from?: Date; until?: Date; commonName?: string; client?: boolean }): Promise<Issued>
}

const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

export async function makeAuthority(name = 'Chaos authority'): Promise<Authority> {
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return {
    ca: authority.cert,
    async issue({ names = ['localhost'], ips = ['127.0.0.1'], from, until, commonName = 'localhost', client = false }) {
      const altNames = [...names.map((value) => ({ type: 2 as const, value })), ...ips.map((ip) => ({ type: 7 as const, ip }))]
      const made = await generate([{ name: 'commonName', value: commonName }], {
        ...common,
        ca: { key: authority.private, cert: authority.cert },
        ...(from ? { notBeforeDate: from } : {}),
        ...(until ? { notAfterDate: until } : {}),
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true },
          client ? { name: 'extKeyUsage', clientAuth: true } : { name: 'extKeyUsage', serverAuth: true },
          ...(altNames.length > 0 ? [{ name: 'subjectAltName' as const, altNames }] : []),
        ],
      })
      return { cert: made.cert, key: made.private }
    },
  }
}

/** Signed by itself alone. */
export async function selfSigned(): Promise<Issued> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { cert: made.cert, key: made.private }
}
