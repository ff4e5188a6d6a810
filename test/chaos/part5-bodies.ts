/** Answers that are no answers: endless, enormous, deep, slow, packed, cut, contradicting themselves. Each comes to a sentence, and to an end. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { ChaosCase } from './part.ts'
import { type Hook, type HostileArchive, marker, mustBeSentence, type Outcome, outcome, password } from './part5-archive.ts'

const piece = Buffer.from(`{"id":"${marker}","name":"x"},`.repeat(2_000))

/** Writes until the other end has had enough; `most` bytes at the utmost. */
async function pour(response: ServerResponse, part: Buffer, most: number): Promise<void> {
  for (let sent = 0; sent < most && !response.destroyed; sent += part.length) {
    if (response.write(part)) continue
    await new Promise<void>((resolve) => {
      const goOn = () => {
        response.off('drain', goOn)
        response.off('close', goOn)
        resolve()
      }
      response.on('drain', goOn)
      response.on('close', goOn)
    })
  }
  response.destroy()
}

/** An answer's raw bytes, written past the server's own idea of HTTP. */
const raw =
  (bytes: string | Buffer, thenEnd = true): Hook =>
  (_asked, response) => {
    response.socket?.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    if (thenEnd) response.socket?.end()
    return true
  }

const json = 'Content-Type: application/json\r\n'
const good = '{"ResultSet":{"Result":[{"id":"H1","name":"Honest"}]}}'
const whole = (body: string, headers = json) => `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const list = (inside: string) => `{"ResultSet":{"Result":[${inside}]}}`
const gigabyte = 1_073_741_824

const streamed =
  (begin: string, part: Buffer, most: number, headers: Record<string, string> = {}): Hook =>
  (_asked, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', ...headers })
    response.write(begin)
    void pour(response, part, most)
    return true
  }

/** What may be answered to a list, and what it may come to. `taken`: an honest reading of it is as good as a sentence. */
const answers: [string, Hook, 'refused' | 'taken'][] = [
  ['a list without end', streamed('{"ResultSet":{"Result":[', piece, gigabyte), 'refused'],
  ['blanks without end', streamed('', Buffer.alloc(65_536, ' '), gigabyte), 'refused'],
  ['a text without end', streamed('{"ResultSet":{"Result":["', Buffer.alloc(65_536, 'a'), gigabyte), 'refused'],
  ['200 MB of JSON', streamed('{"ResultSet":{"Result":[', piece, 200_000_000, { 'Content-Length': '200000000' }), 'refused'],
  ['60 MB of small lines', raw(whole(list(`${'{},'.repeat(20_000_000)}{}`))), 'refused'],
  ['60 MB of lists', raw(whole(list(`${'[],'.repeat(20_000_000)}[]`))), 'refused'],
  ['60 MB of numbers', raw(whole(list(`${'1,'.repeat(30_000_000)}1`))), 'refused'],
  ['60 MB in one label', raw(whole(list(`{"id":"H1","name":"${'W'.repeat(60_000_000)}"}`))), 'taken'],
  ['lists, a million deep', raw(whole('['.repeat(1_000_000) + ']'.repeat(1_000_000))), 'refused'],
  ['objects, a million deep', raw(whole(`${'{"a":'.repeat(1_000_000)}1${'}'.repeat(1_000_000)}`)), 'refused'],
  ['a label of lists a million deep', raw(whole(list(`{"id":"H1","name":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`))), 'taken'],
  ['deep and never closed', raw(whole('['.repeat(5_000_000))), 'refused'],
  ['nothing', raw(whole('')), 'refused'],
  ['null', raw(whole('null')), 'refused'],
  ['a number', raw(whole('1e999')), 'refused'],
  ['a result that is no list', raw(whole('{"ResultSet":{"Result":{"length":1000000000}}}')), 'refused'],
  ['NaN', raw(whole(list('{"id":NaN}'))), 'refused'],
  ['comments', raw(whole(`/* x */${good}`)), 'refused'],
  ['half of it', raw(whole(good.slice(0, 30))), 'refused'],
  ['two of them', raw(whole(`${good}${good}`)), 'refused'],
  ['a byte order mark', raw(whole(`\u00ef\u00bb\u00bf${good}`)), 'refused'],
  [
    'UTF-16',
    raw(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${json}Content-Length: ${good.length * 2}\r\n\r\n`), Buffer.from(good, 'utf16le')])),
    'refused',
  ],
  ['a page', raw(whole(`<!DOCTYPE html><script>alert('${marker}')</script>`, 'Content-Type: text/html\r\n')), 'refused'],
  ['a page that says it is JSON', raw(whole(`<html><body>${marker}</body></html>`)), 'refused'],
  ['XML', raw(whole(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${marker}">]><x>&a;</x>`, 'Content-Type: text/xml\r\n')), 'refused'],
  ['JSON that says it is a picture', raw(whole(good, 'Content-Type: image/png\r\n')), 'taken'],
  ['JSON that says it is a page', raw(whole(good, 'Content-Type: text/html\r\n')), 'taken'],
  ['JSON without a type', raw(whole(good, '')), 'taken'],
  ['a type of 15 KB', raw(whole(good, `Content-Type: ${'a'.repeat(15_000)}\r\n`)), 'taken'],
  ['a bomb packed by gzip', raw(bomb('gzip')), 'refused'],
  ['a bomb packed twice', raw(bomb('gzip, gzip')), 'refused'],
  ['a packing that is none', raw(whole(good, `${json}Content-Encoding: x-evil\r\n`)), 'taken'],
  ['less than promised', raw(`HTTP/1.1 200 OK\r\n${json}Content-Length: 1000\r\n\r\n${good}`), 'refused'],
  ['more than promised', raw(`HTTP/1.1 200 OK\r\n${json}Content-Length: 10\r\n\r\n${good}`), 'refused'],
  ['a negative length', raw(`HTTP/1.1 200 OK\r\n${json}Content-Length: -1\r\n\r\n${good}`), 'refused'],
  ['a length of words', raw(`HTTP/1.1 200 OK\r\n${json}Content-Length: many\r\n\r\n${good}`), 'refused'],
  ['a length without end', raw(`HTTP/1.1 200 OK\r\n${json}Content-Length: 99999999999999999999\r\n\r\n${good}`), 'refused'],
  ['two lengths', raw(`HTTP/1.1 200 OK\r\n${json}Content-Length: 5\r\nContent-Length: ${good.length}\r\n\r\n${good}`), 'refused'],
  [
    'length and chunks',
    raw(`HTTP/1.1 200 OK\r\n${json}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${good.length.toString(16)}\r\n${good}\r\n0\r\n\r\n`),
    'taken',
  ],
  ['chunks of garbage', raw(`HTTP/1.1 200 OK\r\n${json}Transfer-Encoding: chunked\r\n\r\nzz\r\n${good}\r\n0\r\n\r\n`), 'refused'],
  ['a chunk without end', raw(`HTTP/1.1 200 OK\r\n${json}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n${good}`), 'refused'],
  ['chunks that stop', raw(`HTTP/1.1 200 OK\r\n${json}Transfer-Encoding: chunked\r\n\r\n5\r\n{"Res`), 'refused'],
  [
    'headers in the trailer',
    raw(
      `HTTP/1.1 200 OK\r\n${json}Transfer-Encoding: chunked\r\n\r\n${good.length.toString(16)}\r\n${good}\r\n0\r\nSet-Cookie: JSESSIONID=evil\r\n\r\n`,
    ),
    'taken',
  ],
  ['a status of words', raw(`HTTP/1.1 OK\r\n${json}\r\n${good}`), 'refused'],
  ['status 999', raw(`HTTP/1.1 999 No\r\n${json}Content-Length: 0\r\n\r\n`), 'refused'],
  ['status 000', raw(`HTTP/1.1 000 No\r\n${json}Content-Length: 0\r\n\r\n`), 'refused'],
  ['204 with a body', raw(`HTTP/1.1 204 No Content\r\n${json}\r\n${good}`), 'refused'],
  ['206', raw(`HTTP/1.1 206 Partial\r\n${json}Content-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\n{"Re`), 'refused'],
  ['304', raw('HTTP/1.1 304 Not Modified\r\n\r\n'), 'refused'],
  ['407', raw('HTTP/1.1 407 Proxy\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'), 'refused'],
  ['426 and another protocol', raw('HTTP/1.1 426 Upgrade\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n'), 'refused'],
  ['101 unasked', raw(`HTTP/1.1 101 Switching\r\nUpgrade: evil\r\nConnection: Upgrade\r\n\r\n${good}`), 'refused'],
  ['a thousand hints first', raw(`${'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n'.repeat(1_000)}${whole(good)}`), 'taken'],
  ['HTTP/0.9', raw(good), 'refused'],
  ['another language', raw('220 smtp.evil.example ESMTP\r\n'), 'refused'],
  ['noise', raw(Buffer.from(Array.from({ length: 10_000 }, (_, at) => (at * 31 + 7) & 255))), 'refused'],
  ['nothing at all', raw(''), 'refused'],
  ['a reset', reset, 'refused'],
  ['10,000 headers', raw(`HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(10_000)}\r\n`), 'refused'],
  ['a header of 10 MB', raw(`HTTP/1.1 200 OK\r\nX-A: ${'b'.repeat(10_000_000)}\r\n\r\n`), 'refused'],
  ['headers without end', endlessHeaders, 'refused'],
  ['a header with a NUL', raw(`HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n`), 'refused'],
  ['drops, for a while', drops, 'refused'],
  ['401 always', raw('HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'), 'refused'],
  [
    '403 with a page of 60 MB',
    (_asked, response) => {
      response.writeHead(403, { 'Content-Type': 'text/html' })
      void pour(response, Buffer.alloc(65_536, `<p>${marker} `), 60_000_000)
      return true
    },
    'refused',
  ],
  ['500 with a stack', raw(`HTTP/1.1 500 No\r\nContent-Type: text/html\r\n\r\n<pre>java.lang.${marker}\n\tat org.nrg.X(Y.java:1)</pre>`), 'refused'],
  ['503, come back in a year', raw('HTTP/1.1 503 No\r\nRetry-After: 31536000\r\nContent-Length: 0\r\n\r\n'), 'refused'],
  ['503, come back yesterday', raw('HTTP/1.1 503 No\r\nRetry-After: -100\r\nContent-Length: 0\r\n\r\n'), 'refused'],
]

function bomb(encoding: string): Buffer {
  let body = gzipSync(Buffer.alloc(200_000_000, ' '), { level: 9 })
  if (encoding.includes(',')) body = gzipSync(body)
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${json}Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`), body])
}

function reset(_asked: IncomingMessage, response: ServerResponse): boolean {
  response.socket?.destroy()
  return true
}

function endlessHeaders(_asked: IncomingMessage, response: ServerResponse): boolean {
  const { socket } = response
  socket?.write('HTTP/1.1 200 OK\r\n')
  const more = setInterval(() => socket?.write('X-A: b\r\n'.repeat(500)), 20)
  socket?.once('close', () => clearInterval(more))
  return true
}

/** A byte, and another, and another; then it leaves. */
function drops(_asked: IncomingMessage, response: ServerResponse): boolean {
  response.writeHead(200, { 'Content-Type': 'application/json' })
  void (async () => {
    for (const byte of good.slice(0, 40)) {
      response.write(byte)
      await pause(50)
    }
    response.destroy()
  })()
  return true
}

const cookies: [string, string[]][] = [
  ['another session with every answer', ['JSESSIONID=evil-0123456789']],
  ['no session any more', ['JSESSIONID=; Max-Age=0']],
  ['10 that are long', Array.from({ length: 10 }, (_, at) => `C${at}=${'x'.repeat(1_400)}`)],
  ['one for another host', ['JSESSIONID=evil; Domain=evil.example', 'A=b; Domain=.localhost']],
  ['one with a line in it', ['A=b%0d%0aX-Evil: 1']],
  ['one of strange letters', ['A=\u00e4\u00ff\u0080']],
  ['one without a name', ['=evil', 'evil', ';', '']],
  ['a prototype', ['__proto__=x', 'constructor=y']],
  ['an expiry of long ago', ['SESSION_EXPIRATION_TIME="0000000001,1"']],
  ['an expiry that never comes', ['SESSION_EXPIRATION_TIME="9999999999999999,999999999999"']],
  ['an expiry of words', ['SESSION_EXPIRATION_TIME="%E0%A4%A,x"']],
]

export function bodyCases(archive: HostileArchive): ChaosCase[] {
  const { desk } = archive
  const projects = (asked: IncomingMessage) => asked.url?.startsWith('/data/projects?') ?? false
  const onlyAt =
    (asks: (asked: IncomingMessage) => boolean, hook: Hook): Hook =>
    (asked, response) =>
      asks(asked) ? hook(asked, response) : false
  const judged = (came: Outcome, expected: 'refused' | 'taken') => {
    if ('value' in came && expected === 'taken') return
    mustBeSentence(came)
  }
  const listCases = answers.map(
    ([what, hook, expected]): ChaosCase => ({
      name: `a list: ${what}`,
      async run() {
        archive.answers(onlyAt(projects, hook))
        judged(await outcome(desk.call('archive.projects', undefined)), expected)
      },
    }),
  )
  const cookieCases = cookies.map(
    ([what, lines]): ChaosCase => ({
      name: `cookies: ${what}`,
      async run() {
        archive.answers((_asked, response) => {
          for (const line of lines) response.appendHeader('Set-Cookie', line)
          return false
        })
        judged(await outcome(desk.call('archive.projects', undefined)), 'taken')
        judged(await outcome(desk.call('archive.projects', undefined)), 'taken')
      },
    }),
  )
  return [...listCases, ...cookieCases, ...downloadCases(archive), ...signInCases(archive)]
}

/** The bytes of a scan, which are kept encrypted while they are looked at. */
function downloadCases({ desk, honest, answers: answer }: HostileArchive): ChaosCase[] {
  const size = Number(honest.file.Size)
  const bytes: [string, Hook][] = [
    ['none', raw('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
    ['fewer than listed', raw(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\nabc`)],
    ['more than listed', streamed('', Buffer.alloc(65_536, marker), gigabyte, { 'Content-Type': 'application/octet-stream' })],
    ['another length than listed', raw(`HTTP/1.1 200 OK\r\nContent-Length: ${size + 1}\r\n\r\nabc`)],
    [
      'as many as listed, all noise',
      (_asked, response) => {
        response.writeHead(200, { 'Content-Length': size }).end(Buffer.alloc(size, marker))
        return true
      },
    ],
    ['a page', raw(whole(`<html>${marker}</html>`, 'Content-Type: text/html\r\n'))],
    ['a bomb packed by gzip', raw(bomb('gzip'))],
    ['a part', raw(`HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-2/${size}\r\nContent-Length: 3\r\n\r\nabc`)],
    ['chunks of garbage', raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n')],
    ['a reset', reset],
    ['401 always', raw('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n')],
    ['404', raw('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n')],
    [
      'a name to be saved under',
      (_asked, response) => {
        response
          .writeHead(200, { 'Content-Length': size, 'Content-Disposition': `attachment; filename="../../../tmp/${marker}"` })
          .end(Buffer.alloc(size, 'x'))
        return true
      },
    ],
  ]
  return bytes.map(([what, hook]) => ({
    name: `a file: ${what}`,
    async run() {
      answer((asked, response) => (/\/files\/[^?]/.test(asked.url ?? '') && asked.method === 'GET' ? hook(asked, response) : false))
      // What breaks off is begun again for a while: a person would press Cancel, and that is heard.
      const opening = desk.call('scans.open', { ref: honest.ref, operation: 'chaos-open' })
      const came = await outcome(
        Promise.race([
          opening,
          pause(4_000)
            .then(() => desk.call('operations.cancel', { operation: 'chaos-open' }))
            .then(() => opening),
        ]),
      )
      mustBeSentence(came)
    },
  }))
}

/** Signing in, at every step of which the archive may lie. The password goes to the archive alone, and no lie becomes a token that is used. */
function signInCases({ desk, url, answers: answer }: HostileArchive): ChaosCase[] {
  const told =
    (body: unknown, type = 'application/json'): Hook =>
    (_asked, response) => {
      response.writeHead(200, { 'Content-Type': type }).end(typeof body === 'string' ? body : JSON.stringify(body))
      return true
    }
  const token = { alias: 'a', secret: 's', estimatedExpirationTime: Date.now() + 1e6 }
  const steps: [string, string, Hook][] = [
    ['a token that is a page', '/data/services/tokens/issue', told(`<html>${marker}</html>`, 'text/html')],
    ['a token without a secret', '/data/services/tokens/issue', told({ alias: 'a' })],
    ['a token of a megabyte', '/data/services/tokens/issue', told({ ...token, alias: marker.repeat(100_000) })],
    ['a token with a line in it', '/data/services/tokens/issue', told({ ...token, alias: `a\r\nX-Evil: 1`, secret: 's\r\n' })],
    ['a token with a colon', '/data/services/tokens/issue', told({ ...token, alias: 'a:b' })],
    ['a token that climbs', '/data/services/tokens/issue', told({ ...token, alias: '../../../x' })],
    ['a token that never ends', '/data/services/tokens/issue', told({ ...token, estimatedExpirationTime: 1e308 })],
    ['a token that has ended', '/data/services/tokens/issue', told({ ...token, estimatedExpirationTime: -1 })],
    ['a token of numbers', '/data/services/tokens/issue', told({ alias: 1, secret: 2 })],
    ['a user that is a page', '/xapi/users/username', told(`<html>${marker}</html>`, 'text/html')],
    ['a user of a megabyte', '/xapi/users/username', told('x'.repeat(1_000_000), 'text/plain')],
    ['a user with control characters', '/xapi/users/username', told('a\u0000b\u202ec', 'text/plain')],
    ['a session that is a page', '/data/JSESSION', told(`<html>${marker}</html>`, 'text/html')],
    ['everything is a page', '/', told(`<html><body>${marker}</body></html>`, 'text/html')],
    ['everything is nothing', '/', raw('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
    ['everything is 500', '/', raw(`HTTP/1.1 500 No\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n`)],
  ]
  const probes: [string, string, Hook][] = [
    ['a version of a megabyte', '/xapi/siteConfig/buildInfo', told({ version: 'x'.repeat(1_000_000) })],
    ['a version that is a script', '/xapi/siteConfig/buildInfo', told({ version: `<script>${marker}</script>\u202e\u0000` })],
    ['a version that is an object', '/xapi/siteConfig/buildInfo', told({ version: { toString: 1 } })],
    ['a login page of openings', '/app/template/Login.vm', told('<select '.repeat(25_000), 'text/html')],
    [
      'a login page of choices that never close',
      '/app/template/Login.vm',
      told(`<select name="login_method">${'<option value="a'.repeat(12_000)}`, 'text/html'),
    ],
    [
      'a login page of 10,000 scripts',
      '/app/template/Login.vm',
      told(`<select name="login_method">${'<option value="x">&lt;script&gt;</option>'.repeat(450)}</select>`, 'text/html'),
    ],
  ]
  return [
    ...steps.map(
      ([what, path, hook]): ChaosCase => ({
        name: `sign-in: ${what}`,
        async run() {
          answer((asked, response) => (asked.url?.startsWith(path) ? hook(asked, response) : false))
          const came = await outcome(desk.call('session.signIn', { address: url, user: 'demo', password, provider: null, remember: false }))
          // A session that opens late opens at the first question.
          mustBeSentence('value' in came ? await outcome(desk.call('archive.projects', undefined)) : came)
        },
      }),
    ),
    ...probes.map(
      ([what, path, hook]): ChaosCase => ({
        name: `asked what it is: ${what}`,
        async run() {
          answer((asked, response) => (asked.url?.startsWith(path) ? hook(asked, response) : false))
          const probing = outcome(desk.call('session.probe', { address: url }))
          // The window is answered meanwhile.
          await outcome(desk.call('app.snapshot', undefined))
          const came = await probing
          if (!('value' in came)) mustBeSentence(came)
          else if (JSON.stringify(came.value).length > 30_000) throw new Error('Too much of it was taken.')
        },
      }),
    ),
  ]
}
