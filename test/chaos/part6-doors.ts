/** Who knocks at the loopback front with the wrong name, from the wrong page, with the wrong token, or by a crooked path. */
import type { ChaosCase } from './part.ts'
import { type Front, mustRefuse, statuses } from './part6-front.ts'

interface Asked {
  method: string
  target: string
  headers: string[]
  body?: string
}

const written = (front: Front, { method, target, headers, body = '' }: Asked) => {
  const length = body === '' && (method === 'GET' || method === 'HEAD') ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  const connection = headers.includes('Upgrade: websocket') ? 'Connection: Upgrade' : 'Connection: close'
  return [`${method} ${target} HTTP/1.1`, ...headers, ...length, connection, '', body].join('\r\n').replaceAll('PORT', String(front.port))
}
const own = ['Host: 127.0.0.1:PORT', 'Origin: http://127.0.0.1:PORT']
const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==']

const hosts = [
  'evil.example:PORT',
  'localhost:PORT',
  'LOCALHOST:PORT',
  '127.0.0.1',
  '127.0.0.1:1',
  '[::1]:PORT',
  '127.1:PORT',
  '0.0.0.0:PORT',
  '2130706433:PORT',
  '0x7f.0.0.1:PORT',
  '127.0.0.1.evil.example:PORT',
  'user@127.0.0.1:PORT',
  '127.0.0.1:PORT@evil.example',
  '127.0.0.1:PORT.',
  '127.0.0.1:0PORT',
]
const origins = [
  'http://evil.example',
  'null',
  'http://localhost:PORT',
  'https://127.0.0.1:PORT',
  'http://127.0.0.1',
  'http://127.0.0.1:PORT/',
  'http://127.0.0.1:PORT.evil.example',
  'http://127.0.0.1:PORT, http://evil.example',
  'file://',
  'app://scanside',
  'HTTP://127.0.0.1:PORT',
  '',
]

/** What an attacker would want, each with everything right but the one thing the case spoils. */
const wants = (front: Front, ticket: string): { what: string; asked: Asked; originNeeded: boolean }[] => [
  { what: 'the page', asked: { method: 'GET', target: '/', headers: own }, originNeeded: false },
  { what: 'a key', asked: { method: 'POST', target: '/session', headers: own, body: 'x'.repeat(43) }, originNeeded: true },
  { what: 'bytes', asked: { method: 'GET', target: ticket, headers: [...own, `Authorization: Bearer ${front.key}`] }, originNeeded: false },
  {
    what: 'to put bytes',
    asked: { method: 'PUT', target: ticket, headers: [...own, `Authorization: Bearer ${front.key}`], body: 'x' },
    originNeeded: true,
  },
  { what: 'the doorway', asked: { method: 'GET', target: '/doorway', headers: [...own, ...upgrade] }, originNeeded: true },
]

const replaced = (headers: string[], name: string, value: string | null) =>
  headers.flatMap((header) => (header.startsWith(`${name}:`) ? (value === null ? [] : [`${name}: ${value}`]) : [header]))

export function doorCases(front: Front, ticket: string): ChaosCase[] {
  const refusedCase = (name: string, bytes: () => string | Uint8Array, forMs?: number): ChaosCase => ({
    name,
    run: async () => mustRefuse(await front.raw(bytes(), forMs), [front.key]),
  })
  const cases: ChaosCase[] = []
  for (const { what, asked, originNeeded } of wants(front, ticket)) {
    for (const host of hosts) {
      // The origin a page under that name would send.
      const headers = replaced(replaced(asked.headers, 'Host', host), 'Origin', `http://${host}`)
      cases.push(refusedCase(`rebinding: ${what} as Host ${host}`, () => written(front, { ...asked, headers })))
      const lying = replaced(asked.headers, 'Host', host)
      cases.push(refusedCase(`wrong Host, own Origin: ${what} as ${host}`, () => written(front, { ...asked, headers: lying })))
    }
    cases.push(refusedCase(`no Host: ${what}`, () => written(front, { ...asked, headers: replaced(asked.headers, 'Host', null) })))
    cases.push(refusedCase(`two Hosts: ${what}`, () => written(front, { ...asked, headers: [...asked.headers, 'Host: evil.example'] })))
    cases.push(refusedCase(`two Origins: ${what}`, () => written(front, { ...asked, headers: [...asked.headers, 'Origin: http://evil.example'] })))
    for (const origin of origins) {
      const headers = replaced(asked.headers, 'Origin', origin)
      cases.push(refusedCase(`foreign Origin "${origin}": ${what}`, () => written(front, { ...asked, headers })))
    }
    if (originNeeded)
      cases.push(refusedCase(`no Origin: ${what}`, () => written(front, { ...asked, headers: replaced(asked.headers, 'Origin', null) })))
  }

  const session = (body: string) => written(front, { method: 'POST', target: '/session', headers: own, body })
  const tokens: [string, () => string][] = [
    ['none', () => ''],
    ['one that was used', () => front.tokens.used],
    ['one that died unused', () => front.tokens.expired],
    ['a key for a token', () => front.key],
    ['one that is too long', () => 'x'.repeat(100_000)],
    ['one with a NUL', () => `${front.tokens.used}\0`],
    ['one in UTF-8 of the same length', () => 'ä'.repeat(43)],
    ['JSON', () => '{"token":true}'],
  ]
  for (const [what, token] of tokens) cases.push(refusedCase(`token: ${what}`, () => session(token())))
  cases.push({
    name: 'token: 1,000 guesses',
    run: async () => {
      const guess = (at: number) => session(`${at}`.padStart(43, 'a'))
      for (let at = 0; at < 1_000; at += 50)
        for (const answer of await Promise.all(Array.from({ length: 50 }, (_, i) => front.raw(guess(at + i))))) mustRefuse(answer)
    },
  })
  const bearer = (value: string) =>
    written(front, { method: 'GET', target: ticket, headers: [...own, ...(value === '' ? [] : [`Authorization: ${value}`])] })
  const keys: [string, () => string][] = [
    ['none', () => ''],
    ['Basic', () => `Basic ${Buffer.from(`x:${front.key}`).toString('base64')}`],
    ['another', () => `Bearer ${'x'.repeat(43)}`],
    ['its beginning', () => `Bearer ${front.key.slice(0, 42)}`],
    ['and more', () => `Bearer ${front.key}x`],
    ['two in one', () => `Bearer ${front.key} ${front.key}`],
    ['a used token', () => `Bearer ${front.tokens.used}`],
    ['no more than the word', () => 'Bearer'],
  ]
  for (const [what, value] of keys) cases.push(refusedCase(`key for bytes: ${what}`, () => bearer(value())))
  cases.push(
    refusedCase('two Authorizations', () =>
      written(front, { method: 'GET', target: ticket, headers: [...own, 'Authorization: Bearer x', `Authorization: Bearer ${front.key}`] }),
    ),
  )

  const paths = [
    '/../../etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/....//....//etc/passwd',
    '/..\\..\\windows\\win.ini',
    '/..%5c..%5cwindows%5cwin.ini',
    '/index.html%00.png',
    '/index.html/',
    '/%69ndex.html',
    '/main/loopback.js',
    '/../main/loopback.js',
    '/../preload/preload.cjs',
    '/assets',
    '/assets/',
    '/assets/../../main/electron.js',
    '/.git/config',
    '/package.json',
    '/owed.db',
    '/CON',
    '/index.html::$DATA',
    '/__proto__',
    '/constructor',
    '//evil.example/',
    '/\\evil.example/',
    'http://evil.example/',
    'http://evil.example:PORT/index.html',
    '*',
    'evil.example:443',
    `/${'a/'.repeat(3_000)}`,
    `/${'%'.repeat(200)}`,
    '/bulk/',
    `/bulk/${'a'.repeat(32)}/../../index.html/../x`,
    '/session/',
    '/doorway/',
    '/doorway',
  ]
  for (const path of paths) cases.push(refusedCase(`path: ${path.slice(0, 60)}`, () => written(front, { method: 'GET', target: path, headers: own })))
  const bulkPaths = [
    '',
    '/',
    '/..',
    '/%2e%2e',
    `/${'a'.repeat(31)}`,
    `/${'a'.repeat(32)}`,
    `/${'a'.repeat(33)}`,
    '/__proto__',
    `/${'a'.repeat(32)}/${'b'.repeat(300)}`,
    `/${'a'.repeat(32)}/..%2f..%2f`,
  ]
  for (const path of bulkPaths)
    cases.push(
      refusedCase(`bytes: ${path.slice(0, 60) || 'no ticket'}`, () =>
        written(front, { method: 'GET', target: `/bulk${path}`, headers: [...own, `Authorization: Bearer ${front.key}`] }),
      ),
    )
  for (const method of ['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND'])
    cases.push(
      refusedCase(`method: ${method} of the page`, () =>
        written(front, { method, target: method === 'CONNECT' ? 'evil.example:443' : '/index.html', headers: own }),
      ),
    )

  return [...cases, ...smuggling(front)]
}

/** Two readers of the same bytes must not see two different requests: what is ambiguous ends the connection. */
function smuggling(front: Front): ChaosCase[] {
  const head = `Host: 127.0.0.1:${front.port}\r\nOrigin: ${front.origin}\r\n`
  const second = `GET /index.html HTTP/1.1\r\n${head}\r\n`
  const crooked: [string, string][] = [
    ['length and chunks', `POST /session HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`],
    ['two lengths', `POST /session HTTP/1.1\r\n${head}Content-Length: 0\r\nContent-Length: ${second.length}\r\n\r\n${second}`],
    ['a negative length', `POST /session HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n${second}`],
    ['a length with a plus', `POST /session HTTP/1.1\r\n${head}Content-Length: +5\r\n\r\nxxxxx`],
    ['a length in hex', `POST /session HTTP/1.1\r\n${head}Content-Length: 0x10\r\n\r\n${second}`],
    ['a length without end', `POST /session HTTP/1.1\r\n${head}Content-Length: 99999999999999999999999\r\n\r\nx`],
    ['chunked twice', `POST /session HTTP/1.1\r\n${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['a chunk of no size', `POST /session HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`],
    ['a chunk with an endless size', `POST /session HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx`],
    ['a space before the colon', `GET / HTTP/1.1\r\nHost : 127.0.0.1:${front.port}\r\n\r\n`],
    ['a folded header', `GET / HTTP/1.1\r\nHost:\r\n 127.0.0.1:${front.port}\r\nX: a\r\n b\r\n\r\n`],
    ['a bare CR', `GET / HTTP/1.1\rHost: 127.0.0.1:${front.port}\r\r`],
    ['a NUL in a header', `GET / HTTP/1.1\r\n${head}X: a\0b\r\n\r\n`],
    ['a header without end', `GET / HTTP/1.1\r\n${head}X: ${'a'.repeat(100_000)}\r\n\r\n`],
    ['10,000 headers', `GET / HTTP/1.1\r\n${head}${'X: a\r\n'.repeat(10_000)}\r\n`],
    ['no version', `GET /\r\n\r\n`],
    ['version 2', `GET / HTTP/2.0\r\n${head}\r\n`],
    ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'],
    ['TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
    ['noise', Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 167 + 13) & 255)).toString('latin1')],
    ['an upgrade to something else', `GET /doorway HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`],
    [
      'an upgrade by POST',
      `POST /doorway HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    ],
    [
      'an upgrade of an old version',
      `GET /doorway HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 7\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    ],
    ['an upgrade without a key', `GET /doorway HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n`],
  ]
  const cases = crooked.map(
    ([what, bytes]): ChaosCase => ({
      name: `crooked: ${what}`,
      run: async () => mustRefuse(await front.raw(Buffer.from(bytes, 'latin1'), 3_000), [front.key]),
    }),
  )
  cases.push({
    name: 'crooked: a second request behind a refused one gets its own judgement',
    run: async () => {
      const answer = await front.raw(
        `GET / HTTP/1.1\r\nHost: evil.example\r\n\r\nGET /index.html HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
        3_000,
      )
      mustRefuse(answer)
      if (statuses(answer).length > 2) throw new Error('More answers than questions.')
    },
  })
  return cases
}
