import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryBytes } from '../../demo/bytes.ts'
import { type ErrorDetails, ScansideError } from '../../oct/errors.ts'
import { createHttp, type Http } from '../http/http.ts'
import { againAfter, mostBeginnings } from './again.ts'
import type { ArchiveFile, SessionPath } from './archive.ts'
import { startLab, type TestLab, volume } from './lab.fixture.ts'
import { createXnat } from './xnat.ts'

const never = new AbortController().signal
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

describe('againAfter', () => {
  const of = (code: ConstructorParameters<typeof ScansideError>[0], details: ErrorDetails = {}) => new ScansideError(code, '', details)
  it.each([
    ['cut in the middle', 1, true, of('integrity', { reason: 'short' }), 500],
    ['cut again', 2, true, of('integrity', { reason: 'short' }), 1_000],
    ['a stall', 3, true, of('timeout'), 2_000],
    ['away in the middle', 5, true, of('unreachable', { code: 'ECONNREFUSED' }), 8_000],
    ['too often', mostBeginnings, true, of('integrity', { reason: 'short' }), null],
    ['away from the start', 1, false, of('unreachable', { code: 'ECONNREFUSED' }), null],
    ['asked for patience before the first byte', 1, false, of('unreachable', { retryAfterMs: 20_000 }), 20_500],
    ['asked for patience in the middle', 2, true, of('unreachable', { retryAfterMs: 20_000 }), 21_000],
    ['asked for more than a person waits', 1, false, of('unreachable', { retryAfterMs: 121_000 }), null],
    ['another digest', 1, true, of('integrity'), null],
    ['cancelled', 1, true, of('cancelled'), null],
    ['gone', 1, true, of('not-found'), null],
    ['no right', 1, true, of('forbidden'), null],
    ['a dead token', 1, true, of('unauthorized'), null],
    ['another certificate', 1, true, of('untrusted-certificate'), null],
  ])('%s', (_what, beginning, begun, error, expected) => {
    expect(againAfter(beginning, begun, error, 0.5)).toBe(expected)
  })
  it('spreads over the whole of its time', () => {
    expect(againAfter(1, true, of('timeout'), 0)).toBe(0)
    expect(againAfter(1, true, of('timeout'), 1)).toBe(1_000)
  })
})

describe('a file on its way from the archive', () => {
  let lab: TestLab
  let path: SessionPath
  let file: ArchiveFile
  /** Requests for the file's bytes, and whether any of them asked for a part. */
  let asked: { count: number; ranges: number; waits: number[] }
  let xnat: TestLab['xnat']
  beforeEach(async () => {
    lab = await startLab()
    await lab.signIn()
    const [row] = (await lab.xnat.sessions('P', 0, 1)).rows
    path = { project: 'P', subject: row?.subjectId ?? '', session: row?.id ?? '' }
    file = (await lab.xnat.scanFiles(path, '1'))[0] as ArchiveFile
    asked = { count: 0, ranges: 0, waits: [] }
    xnat = createXnat({
      request: (request) => {
        asked.count++
        if (Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === 'range')) asked.ranges++
        return lab.session.request(request)
      },
      pause: async (ms) => void asked.waits.push(ms),
      random: () => 0.5,
    })
  })
  afterEach(() => lab.stop())
  const whole = async () => buffer(await xnat.read(file, never))

  it.each([0, 1, 70_000, 299_999])('that breaks after %i bytes begins again, never in the middle, and is handed on once', async (resetAfter) => {
    lab.faults.set({ path: '/files/', resetAfter, resets: 2 })
    expect(md5(await whole())).toBe(file.md5)
    expect(asked.ranges).toBe(0)
  })

  it('that breaks in other places each time arrives whole all the same', async () => {
    const breaks = [40_000, 260_000, 0]
    const next = async () => lab.faults.set({ resetAfter: breaks.shift() ?? -1 })
    const broken = createXnat({ request: (request) => lab.session.request(request), pause: next, random: () => 0 })
    lab.faults.set({ path: '/files/', resetAfter: 200_000 })
    expect(md5(await buffer(await broken.read(file, never)))).toBe(file.md5)
    expect(breaks).toEqual([])
  })

  it('is given up after so many beginnings', async () => {
    lab.faults.set({ path: '/files/', resetAfter: 70_000 })
    await expect(whole()).rejects.toMatchObject({ code: 'integrity', details: { reason: 'short' } })
    expect(asked.count).toBe(mostBeginnings)
    expect(asked.waits).toEqual([500, 1_000, 2_000, 4_000, 8_000])
  })

  it('that is another one the second time is not put together from two', async () => {
    const content = lab.archive.lab.experiments.get(path.session)?.scans[0]?.resources[0]?.files.values().next().value
    if (!content) throw new Error('no file')
    lab.faults.set({ path: '/files/', resetAfter: 70_000, resets: 1 })
    const stream = await xnat.read({ ...file, md5: '' }, never)
    const other = volume.map((byte, i) => (i === 10 ? byte + 1 : byte))
    content.bytes = memoryBytes(other)
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'integrity', message: expect.stringContaining('changed in the archive') })
  })

  it('that is not the listed one is told by its MD5', async () => {
    await expect(buffer(await xnat.read({ ...file, md5: md5(Buffer.from('other')) }, never))).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('MD5'),
    })
    expect(asked.count).toBe(1)
  })

  it('waits as long as the archive asks for', async () => {
    lab.faults.set({ path: '/files/', retryAfter: 20, hits: 1 })
    expect(md5(await whole())).toBe(file.md5)
    expect(asked.waits).toEqual([20_500])
    lab.faults.set({ path: '/files/', retryAfter: 600, hits: 1 })
    await expect(whole()).rejects.toMatchObject({ code: 'unreachable', details: { reason: 'server-fault', retryAfterMs: 600_000 } })
  })

  it('goes on over a session that ended and a token that was renewed, between two beginnings', async () => {
    lab.faults.set({ path: '/files/', resetAfter: 70_000, resets: 1 })
    const stream = await xnat.read(file, never)
    const before = [...lab.archive.gate.tokens.keys()]
    lab.clock.ms += 25 * 3_600_000
    await lab.session.tick()
    lab.archive.gate.sessions.clear()
    expect(md5(await buffer(stream))).toBe(file.md5)
    expect([...lab.archive.gate.tokens.keys()]).not.toEqual(before)
    expect(lab.session.status().state).toBe('signed-in')
  })

  it('renews a token past half of its life between two files, without the person', async () => {
    expect(md5(await whole())).toBe(file.md5)
    const [before] = lab.archive.gate.tokens.keys()
    lab.clock.ms += 30 * 3_600_000
    expect(md5(await whole())).toBe(file.md5)
    const after = [...lab.archive.gate.tokens.keys()]
    expect(after).toHaveLength(1)
    expect(after[0]).not.toBe(before)
  })

  it('ends at once where it is cancelled while it waits to begin again', async () => {
    const abort = new AbortController()
    const patient = createXnat({
      request: (request) => lab.session.request(request),
      pause: (ms, signal) => {
        setImmediate(() => abort.abort())
        return pause(ms, undefined, { signal })
      },
      random: () => 1,
    })
    lab.faults.set({ path: '/files/', resetAfter: 70_000 })
    await expect(patient.read(file, abort.signal).then(buffer)).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('a sign-in', () => {
  let lab: TestLab
  beforeEach(async () => {
    lab = await startLab()
    await lab.signIn()
    await lab.xnat.projects()
  })
  afterEach(() => lab.stop())

  it('that is refused although it should live is tried again after a while', async () => {
    lab.faults.set({ unauthorized: true })
    await expect(lab.xnat.projects()).rejects.toMatchObject({ code: 'unauthorized' })
    expect(lab.session.status().state).toBe('expired')
    lab.faults.clear()
    await lab.session.tick()
    expect(lab.session.status().state, 'not at once').toBe('expired')
    lab.clock.ms += 5 * 60_000
    await lab.session.tick()
    expect(lab.session.status().state).toBe('signed-in')
    expect((await lab.xnat.projects()).length).toBeGreaterThan(0)
  })

  it('that died while the archive was away is kept until the archive says so', async () => {
    lab.clock.ms += 49 * 3_600_000
    lab.faults.set({ failNext: 1_000 })
    const next = lab.desk()
    await next.restore()
    expect(next.status()).toMatchObject({ state: 'offline', user: 'jk' })
    lab.faults.clear()
    await next.tick()
    expect(next.status().state).toBe('expired')
  })
})

describe('a large file', () => {
  const size = 200 * 1024 * 1024
  const piece = randomBytes(1024 * 1024)
  let server: Server
  let http: Http
  let sent: number
  beforeEach(async () => {
    sent = 0
    const pieces = function* () {
      for (; sent < size; sent += piece.length) yield piece
    }
    server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': size })
      Readable.from(pieces()).pipe(response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    http = createHttp({ userAgent: 'Scanside/0.1.0', roots: [], system: [] })
  })
  afterEach(async () => {
    await http.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const open = (signal: AbortSignal) => {
    const { port } = server.address() as AddressInfo
    const xnat = createXnat({ request: (request) => http.request({ ...request, url: `http://127.0.0.1:${port}${request.path}` }) })
    return xnat.read({ uri: '/data/x', size }, signal)
  }
  const held = () => {
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    return arrayBuffers + heapUsed
  }

  it('passes through little memory, also to a reader that is slow', async () => {
    const before = held()
    let [got, most] = [0, 0]
    for await (const part of (await open(never)) as AsyncIterable<Uint8Array>) {
      got += part.byteLength
      most = Math.max(most, held() - before)
    }
    expect(got).toBe(size)
    // Garbage that nobody has collected yet is counted too; all of it would be 200 MB.
    expect(most).toBeLessThan(100 * 1024 * 1024)
  }, 60_000)

  it('is not fetched further than somebody reads', async () => {
    const abort = new AbortController()
    const reading = ((await open(abort.signal)) as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    await reading.next()
    // What the sockets hold on both sides, and no more.
    for (let before = -1; before !== sent; await pause(50)) before = sent
    expect(sent).toBeLessThan(32 * 1024 * 1024)
    abort.abort()
    await expect(reading.next().then(() => reading.next())).rejects.toMatchObject({ code: 'cancelled' })
  }, 60_000)
})
