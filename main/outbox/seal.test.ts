import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type ItemContent,
  type ItemFacts,
  openAbout,
  openBytes,
  readHeader,
  readPrivateKey,
  recoveryKeyId,
  seal,
  unwrap,
  unwrapByRecovery,
  wrappingKey,
} from './seal.ts'

const own = wrappingKey('01'.repeat(32))
const facts: ItemFacts = { id: 'run-1', kind: 'results', order: 7, createdAt: '2026-11-23T04:00:00.000Z', size: 0 }
const content: ItemContent = {
  archive: 'https://xnat.example',
  session: { project: 'P', subject: 'S', session: 'XNAT_E1' },
  name: 'oct-quality/0.1.0/run-1/results.json',
  run: 'run-1',
  title: 'DEMO-MS / P-0142 / V02 µ',
  md5: 'a'.repeat(32),
  machine: false,
}
const sealed = (bytes: Uint8Array, recovery: string | null = null) => seal({ ...facts, size: bytes.length }, content, bytes, own, recovery)
const item = (file: Uint8Array) => {
  const found = readHeader(file)
  if (found.is !== 'item') throw new Error(found.is)
  return { ...found, body: Buffer.from(file.subarray(found.headerBytes)) }
}

let publicPem = ''
let privatePem = ''
beforeAll(() => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 3072 })
  publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
})

describe('a sealed item', () => {
  it('gives back what went in, whatever it is', () => {
    for (const size of [1, 15, 16, 17, 4096, 100_003]) {
      const bytes = randomBytes(size)
      const { header, body } = item(sealed(bytes))
      const key = unwrap(header, own)
      if (!key) throw new Error('no key')
      expect(openAbout(header, key)).toEqual(content)
      expect(openBytes(header, key, body)).toEqual(bytes)
      expect(header).toMatchObject({ id: 'run-1', kind: 'results', order: 7, size })
    }
  })

  it('never has the same key, nor the same bytes', () => {
    const [a, b] = [sealed(Buffer.from('same')), sealed(Buffer.from('same'))].map((file) => item(file))
    expect(a?.body).not.toEqual(b?.body)
    expect(a && unwrap(a.header, own)).not.toEqual(b && unwrap(b.header, own))
  })

  it('is opened by no other key, and by nothing once any byte of it was changed', () => {
    const file = sealed(Buffer.from('{"schema":"1.0"}'))
    expect(unwrap(item(file).header, wrappingKey('02'.repeat(32)))).toBeNull()
    const { headerBytes } = item(file)
    let opened = 0
    for (let at = 0; at < file.length; at += at < headerBytes ? 3 : 1) {
      const changed = Buffer.from(file)
      changed[at] = (changed[at] ?? 0) ^ 1
      try {
        const { header, body } = item(changed)
        const key = unwrap(header, own)
        if (!key) continue
        if (openAbout(header, key).title === content.title && openBytes(header, key, body).toString() === '{"schema":"1.0"}') opened++
      } catch {
        // As it should.
      }
    }
    // The line's spelling of base64 has bits nobody reads; what is read is bound.
    expect(opened).toBeLessThanOrEqual(4)
  })

  it('cannot be given another id, order or size', () => {
    const { header, body } = item(sealed(Buffer.from('{}')))
    const key = unwrap(header, own)
    if (!key) throw new Error('no key')
    for (const change of [{ id: 'run-2' }, { order: 8 }, { size: 3 }, { kind: 'grading' as const }, { createdAt: '' }]) {
      const other = { ...header, ...change }
      expect(() => unwrap(other, own)).toThrow()
      expect(() => openAbout(other, key)).toThrow()
      expect(() => openBytes(other, key, body)).toThrow()
    }
  })
})

describe('the recovery key', () => {
  it('opens what was wrapped to it, and nothing else does', () => {
    const { header, body } = item(sealed(Buffer.from('{"a":1}'), publicPem))
    const key = unwrapByRecovery(header, readPrivateKey(privatePem))
    if (!key) throw new Error('no key')
    expect(openBytes(header, key, body).toString()).toBe('{"a":1}')
    expect(openAbout(header, key)).toEqual(content)
    const other = generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey
    expect(unwrapByRecovery(header, other)).toBeNull()
    expect(recoveryKeyId(other)).not.toBe(header.keys[1]?.key)
    expect(() => readPrivateKey(publicPem)).toThrow(/not a private key/)
  })

  it('is not needed, and opens nothing that was not wrapped to it', () => {
    expect(unwrapByRecovery(item(sealed(Buffer.from('{}'))).header, readPrivateKey(privatePem))).toBeNull()
  })
})

describe('a file', () => {
  it.each([
    ['of a newer version', Buffer.from('{"format":"scanside-outbox","version":2,"new":true}\nx'), 'newer'],
    ['whose keys were overwritten', Buffer.alloc(600), 'destroyed'],
    ['without a line', Buffer.from('{"format":"scanside-outbox"'), 'damaged'],
    ['that is empty', Buffer.alloc(0), 'damaged'],
    ['that is something else', Buffer.from('hello\nworld'), 'damaged'],
    ['of no version', Buffer.from('{"format":"scanside-outbox","version":"2"}\n'), 'damaged'],
  ])('%s is told apart', (_what, bytes, is) => {
    expect(readHeader(bytes).is).toBe(is)
  })
})
