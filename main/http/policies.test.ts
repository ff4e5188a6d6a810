import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { allowedUrl, isLoopback, redirectChoice } from './address.ts'
import { isWebPage, parseJson } from './body.ts'
import { networkFailure } from './failure.ts'
import { retryAfterMs, retryDelay } from './retry.ts'

describe('allowedUrl', () => {
  it.each(['https://xnat.example.org', 'http://127.0.0.1:8080/x', 'http://127.9.9.9/', 'http://localhost:1/', 'http://[::1]:8080/'])(
    'allows %s',
    (url) => {
      expect(allowedUrl(url).href).toContain('://')
    },
  )
  it.each([
    ['http://xnat.example.org/', 'untrusted-certificate'],
    ['http://localhost.example.org/', 'untrusted-certificate'],
    ['http://127.0.0.1.example.org/', 'untrusted-certificate'],
    ['http://[::2]/', 'untrusted-certificate'],
    ['http://0.0.0.0/', 'untrusted-certificate'],
    ['http://10.0.0.1/', 'untrusted-certificate'],
    ['https://me:secret@xnat.example.org', 'invalid-argument'],
    ['file:///etc/passwd', 'invalid-argument'],
    ['xnat', 'invalid-argument'],
  ])('refuses %s', (url, code) => {
    expect(() => allowedUrl(url)).toThrow(expect.objectContaining({ code }))
  })
  it('takes the forms a URL turns into loopback for loopback', () => {
    expect(isLoopback(new URL('http://2130706433/').hostname)).toBe(true)
    expect(isLoopback(new URL('http://LOCALHOST/').hostname)).toBe(true)
  })
})

describe('redirectChoice', () => {
  const from = new URL('https://xnat.example.org/data/a')
  it.each([
    ['GET', '/data/b', { follow: true, credentials: true }],
    ['GET', 'https://xnat.example.org:8443/', { follow: true, credentials: false }],
    ['GET', 'https://other.example.org/x', { follow: true, credentials: false }],
    ['GET', 'http://xnat.example.org/data/b', { follow: false, why: 'downgrade' }],
    ['GET', 'http://localhost/x', { follow: false, why: 'downgrade' }],
    ['GET', 'javascript:alert(1)', { follow: false, why: 'target' }],
    ['GET', 'https://a:b@other.example.org/', { follow: false, why: 'target' }],
    ['PUT', '/data/b', { follow: false, why: 'method' }],
    ['DELETE', '/data/b', { follow: false, why: 'method' }],
  ])('%s to %s', (method, location, expected) => {
    expect(redirectChoice(method, from, location)).toMatchObject(expected)
  })
})

describe('retryDelay', () => {
  const broken = new ScansideError('unreachable', '', { code: 'ECONNRESET' })
  const refused = new ScansideError('unreachable', '', { code: 'ECONNREFUSED' })
  it.each([
    ['GET', 1, broken, 250],
    ['GET', 2, broken, 500],
    ['GET', 3, broken, null],
    ['PUT', 1, broken, null],
    ['GET', 1, refused, null],
    ['GET', 1, new ScansideError('timeout', ''), null],
    ['GET', 1, { status: 503, retryAfterMs: null }, 250],
    ['GET', 1, { status: 503, retryAfterMs: 2_000 }, 2_250],
    ['GET', 1, { status: 429, retryAfterMs: 60_000 }, null],
    ['GET', 1, { status: 500, retryAfterMs: null }, null],
    ['GET', 1, { status: 200, retryAfterMs: null }, null],
    ['POST', 1, { status: 503, retryAfterMs: null }, null],
  ])('%s, attempt %i', (method, attempt, outcome, expected) => {
    expect(retryDelay(method, attempt, outcome, 0.5)).toBe(expected)
  })
  it('reads Retry-After as seconds or as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z')
    expect(retryAfterMs('3', now)).toBe(3_000)
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5_000)
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:05 GMT', now)).toBe(0)
    expect(retryAfterMs('soon', now)).toBeNull()
    expect(retryAfterMs(undefined, now)).toBeNull()
  })
})

describe('networkFailure', () => {
  const wrapped = (code: string) => new Error('fetch failed', { cause: new AggregateError([Object.assign(new Error('x'), { code })]) })
  it.each([
    ['ENOTFOUND', 'unreachable', 'no machine of this name'],
    ['ECONNREFUSED', 'unreachable', 'nothing answers at this port'],
    ['ECONNRESET', 'unreachable', 'cut'],
    ['EHOSTUNREACH', 'unreachable', 'no way'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'unreachable', 'does not speak https'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout', 'in time'],
    ['UND_ERR_BODY_TIMEOUT', 'timeout', 'in time'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted-certificate', 'nobody this machine trusts'],
    ['CERT_HAS_EXPIRED', 'untrusted-certificate', 'has expired'],
    ['CERT_NOT_YET_VALID', 'untrusted-certificate', 'not valid yet'],
    ['CERT_SIGNATURE_FAILURE', 'untrusted-certificate', 'nobody this machine trusts'],
    ['INVALID_PURPOSE', 'untrusted-certificate', 'not issued for a server'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted-certificate', 'another name'],
    ['SOMETHING_NEW', 'unreachable', 'the connection failed'],
  ])('%s', (code, expected, sentence) => {
    const told = networkFailure(wrapped(code), 'xnat.example.org')
    expect(told.code).toBe(expected)
    expect(told.message).toContain(sentence)
    expect(told.message).toContain('xnat.example.org')
  })
  it('tells a person who cancelled from a clock that ran out', () => {
    expect(networkFailure(new Error('aborted'), 'h', AbortSignal.abort()).code).toBe('cancelled')
    expect(networkFailure(new Error('aborted'), 'h', AbortSignal.abort(new DOMException('', 'TimeoutError'))).code).toBe('timeout')
  })
})

describe('parseJson', () => {
  it('knows a page for people, whatever it calls itself', () => {
    expect(isWebPage('application/json', '<!DOCTYPE html><html>')).toBe(true)
    expect(isWebPage('text/html', '\n<h3>no</h3>')).toBe(true)
    expect(isWebPage('text/html', '{"duplicates":[]}')).toBe(false)
    expect(() => parseJson('text/html', '<html>log in</html>', 'h')).toThrow(
      expect.objectContaining({ code: 'not-supported', details: { reason: 'web-page', host: 'h' } }),
    )
    expect(() => parseJson('application/json', '{"a":', 'h')).toThrow(expect.objectContaining({ details: { reason: 'not-json', host: 'h' } }))
    expect(parseJson('application/json', '{"a":1}', 'h')).toEqual({ a: 1 })
  })
  it('does not parse what holds more values than any answer', () => {
    expect(() => parseJson('application/json', `[${'1,'.repeat(4_000_001)}1]`, 'h')).toThrow(expect.objectContaining({ code: 'integrity' }))
    expect(parseJson('application/json', `["${'x'.repeat(5_000_000)}"]`, 'h')).toHaveLength(1)
  })
})
