import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { unzipSync, zipSync } from 'fflate'
import { pack } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, sessionOf, startBench } from './archive.fixture.ts'

let bench: Bench
let session: string
beforeEach(async () => {
  bench = await startBench()
  session = `/data/experiments/${sessionOf(bench)}`
})
afterEach(() => bench.archive.stop())

const octets = { 'Content-Type': 'application/octet-stream' }
const put = (path: string, body: string | Buffer, more: Parameters<Bench['call']>[1] = {}) =>
  bench.call(`${session}/resources/SCANSIDE/files/${path}`, { method: 'PUT', body, headers: octets, ...more })
const listed = async () => (await bench.call(`${session}/resources/SCANSIDE/files`)).rows()

describe('a good upload', () => {
  it('answers 200 with nothing, makes the resource, lists size and digest, and gives the bytes back', async () => {
    const answer = await put('qc/1/run/results.json', '{"a":1}')
    expect([answer.status, answer.body]).toEqual([200, ''])
    const [row] = await listed()
    expect(row).toMatchObject({ Name: 'results.json', Size: '7', collection: 'SCANSIDE', digest: createHash('md5').update('{"a":1}').digest('hex') })
    expect(row?.URI).toMatch(/\/resources\/\d+\/files\/qc\/1\/run\/results\.json$/)
    expect((await bench.call(row?.URI ?? '')).body).toBe('{"a":1}')
  })

  it('takes what curl sends from an alias token: no CSRF parameter, no content type, and lists it for a grep', async () => {
    const { alias, secret } = (await bench.call('/data/services/tokens/issue')).json() as { alias: string; secret: string }
    const curl = { 'User-Agent': 'curl/7.88.1', Accept: '*/*' }
    const answer = await put('qc/1/run/results.json?inbody=true&overwrite=true', '{"a":1}', { user: alias, password: secret, headers: curl })
    expect([answer.status, answer.body]).toEqual([200, ''])
    const list = await bench.call(`${session}/resources/SCANSIDE/files?format=json`, { user: alias, password: secret, headers: curl })
    expect(list.body).toContain('"Size":"7"')
    expect(list.body).toContain(`"digest":"${createHash('md5').update('{"a":1}').digest('hex')}"`)
  })

  it('takes any content with inbody=true, and none but file types without', async () => {
    const asJson = { 'Content-Type': 'application/json' }
    const refused = await put('a.json', '{}', { headers: asJson })
    expect(refused.status).toBe(417)
    expect(refused.body).toContain('Need PUT/POST Contents')
    expect((await put('a.json?inbody=true', '{}', { headers: asJson })).status).toBe(200)
  })

  it('takes a form with a file, but not together with inbody=true', async () => {
    const form = '--x\r\nContent-Disposition: form-data; name="file"; filename="b.txt"\r\n\r\nhello\r\n--x--\r\n'
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x' }
    expect((await put('b.txt?inbody=true', form, { headers })).status).toBe(406)
    expect((await put('b.txt', form, { headers })).status).toBe(200)
    expect((await bench.call(`${session}/resources/SCANSIDE/files/b.txt`)).body).toBe('hello')
  })

  it('unpacks a zip with extract=true and keeps it whole without', async () => {
    const zip = Buffer.from(zipSync({ 'd/one.txt': Buffer.from('1'), '../evil.txt': Buffer.from('2') }))
    await put('z.zip?extract=true', zip)
    expect((await listed()).map((row) => row.Name)).toEqual(['one.txt'])
    await put('z.zip', zip)
    expect((await bench.call(`${session}/resources/SCANSIDE/files/z.zip!/d/one.txt`)).body).toBe('1')
  })
})

it('unpacks a tgz, too, and says so where it cannot', async () => {
  const tar = pack()
  tar.entry({ name: './d/one.txt' }, '1')
  tar.finalize()
  const parts: Buffer[] = []
  for await (const part of tar) parts.push(part as Buffer)
  await put('t.tgz?extract=true', gzipSync(Buffer.concat(parts)))
  expect((await bench.call(`${session}/resources/SCANSIDE/files/d/one.txt`)).body).toBe('1')
  expect((await put('u.tgz?extract=true', 'no archive')).status).toBe(400)
})

describe('traps', () => {
  it('answers 200 with the duplicates and stores nothing where the file is there', async () => {
    await put('a.txt', 'old')
    const answer = await put('a.txt', 'new')
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toContain('text/html')
    expect(answer.json()).toEqual({ duplicates: ['a.txt'] })
    expect((await bench.call(`${session}/resources/SCANSIDE/files/a.txt`)).body).toBe('old')
    expect((await put('a.txt?overwrite=true', 'new')).body).toBe('')
    expect((await bench.call(`${session}/resources/SCANSIDE/files/a.txt`)).body).toBe('new')
  })

  it('answers 200 and stores nothing for who may not edit', async () => {
    const answer = await put('a.txt', 'x', { user: 'collaborator' })
    expect([answer.status, answer.body]).toEqual([200, ''])
    expect((await bench.call(`${session}/resources`)).rows()).toEqual([])
    expect((await bench.call(`${session}/resources/NEW`, { method: 'PUT', user: 'collaborator' })).status).toBe(403)
  })

  it('refuses chunked uploads but for zip, and empty ones', async () => {
    const chunked = await put('a.bin', 'abc', { chunked: true })
    expect(chunked.status).toBe(400)
    expect(chunked.body).toContain('In-body File posts must include the file directly')
    expect((await put('a.bin', '')).status).toBe(400)
    const zip = Buffer.from(zipSync({ a: Buffer.from('1') }))
    expect((await put('a.zip', zip, { chunked: true, headers: { 'Content-Type': 'application/zip' } })).status).toBe(200)
  })

  it('keeps what an aborted upload left: unlisted, and in the way of the next', async () => {
    await expect(put('a.bin', 'half', { abort: true })).rejects.toThrow()
    await expect.poll(async () => [...(bench.archive.lab.experiments.get(sessionOf(bench))?.resources[0]?.files.values() ?? [])].length).toBe(1)
    expect(await listed()).toEqual([])
    expect((await bench.call(`${session}/resources/SCANSIDE/files/a.bin`)).status).toBe(404)
    expect((await put('a.bin', 'whole')).json()).toEqual({ duplicates: ['a.bin'] })
    expect((await put('a.bin?overwrite=true', 'whole')).body).toBe('')
    expect((await listed())[0]?.Size).toBe('5')
  })

  it('knows no Range: a part asked for is the whole given', async () => {
    await put('a.txt', '0123456789')
    const answer = await bench.call(`${session}/resources/SCANSIDE/files/a.txt`, { headers: { Range: 'bytes=5-' } })
    expect([answer.status, answer.body]).toEqual([200, '0123456789'])
    expect(answer.headers['accept-ranges']).toBeUndefined()
    expect(answer.headers.etag).toBeUndefined()
    expect(answer.headers['content-length']).toBe('10')
    expect(answer.headers['content-disposition']).toContain('attachment')
  })

  it('answers HEAD with the headers alone', async () => {
    await put('a.txt', '0123456789')
    const answer = await bench.call(`${session}/resources/SCANSIDE/files/a.txt`, { method: 'HEAD' })
    expect([answer.body, answer.headers['content-length']]).toEqual(['', '10'])
    expect(answer.headers['last-modified']).toContain('2024')
  })

  it('answers 409 for a resource that is there', async () => {
    expect((await bench.call(`${session}/resources/R`, { method: 'PUT' })).status).toBe(200)
    const again = await bench.call(`${session}/resources/R`, { method: 'PUT' })
    expect(again.status).toBe(409)
    expect(again.body).toContain('Specified resource already exists.')
  })

  it('leaves digests empty where the site keeps none', async () => {
    const bare = await startBench({ checksums: false })
    const [row] = (await bare.call(`/data/experiments/${sessionOf(bare)}/scans/1/files`)).rows()
    expect(row?.digest).toBe('')
    await bare.archive.stop()
  })
})

describe('deleting', () => {
  it('is for owners, and 404 the second time', async () => {
    await put('a.txt', 'x')
    const file = `${session}/resources/SCANSIDE/files/a.txt`
    expect((await bench.call(file, { method: 'DELETE', user: 'member' })).status).toBe(403)
    expect((await bench.call(file, { method: 'DELETE' })).status).toBe(200)
    expect((await bench.call(file, { method: 'DELETE' })).status).toBe(404)
    expect((await bench.call(`${session}/resources/SCANSIDE?removeFiles=true`, { method: 'DELETE' })).status).toBe(200)
  })

  it('of one published file leaves the others, with an alias token too', async () => {
    const { alias, secret } = (await bench.call('/data/services/tokens/issue')).json() as { alias: string; secret: string }
    await put('qc/1/one/results.json', 'x')
    await put('qc/1/two/results.json', 'y')
    const one = `${session}/resources/SCANSIDE/files/qc/1/one/results.json`
    expect((await bench.call(`${one}?removeFiles=true`, { method: 'DELETE', user: alias, password: secret })).status).toBe(200)
    expect((await bench.call(one)).status).toBe(404)
    expect((await listed()).map((row) => row.URI?.split('/').slice(-2)[0])).toEqual(['two'])
  })
})

describe('many files at once', () => {
  it('come as a zip without a length, with XNAT’s paths', async () => {
    const answer = await bench.call(`/data/projects/P/subjects/S1/experiments/V01/scans/*/files?format=zip`)
    expect(answer.headers['content-length']).toBeUndefined()
    const inside = unzipSync(answer.bytes)
    expect(Object.keys(inside)).toEqual([
      'V01/scans/1-RNFL_ring_OD/resources/VOL/files/scan 1.vol',
      'V01/scans/2-RNFL_ring_OS/resources/VOL/files/scan 2.vol',
    ])
    const improved = await bench.call(`${session}/scans/1/files?format=zip&structure=improved&compression=6`)
    expect(Object.keys(unzipSync(improved.bytes))).toEqual(['scans/1_RNFL_ring_OD/VOL/scan 1.vol'])
  })

  it('come as tar, too, and are 404 or 204 where there is none', async () => {
    expect((await bench.call(`${session}/scans/1/files?format=tar`)).bytes.subarray(257, 262).toString()).toBe('ustar')
    expect((await bench.call(`${session}/scans/1/files?format=tar.gz`)).bytes.subarray(0, 2).toString('hex')).toBe('1f8b')
    expect((await bench.call(`${session}/files?format=zip`)).status).toBe(404)
    expect((await bench.call(`${session}/files?format=zip&accept-not-found=true`)).status).toBe(204)
  })
})

it('keeps bytes in a folder where one is given, under names that say nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scanside-test-'))
  const kept = await startBench({ folder })
  const path = `/data/experiments/${sessionOf(kept)}/resources/R/files/Mustermann.txt`
  await kept.call(path, { method: 'PUT', body: 'hello', headers: octets })
  expect((await kept.call(path)).body).toBe('hello')
  const names = await readdir(folder)
  expect(names).toHaveLength(1)
  expect(names.join()).not.toContain('Mustermann')
  await kept.archive.stop()
  await rm(folder, { recursive: true })
})
