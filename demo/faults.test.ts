import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, sessionOf, startBench } from './archive.fixture.ts'

let bench: Bench
let file: string
const content = 'x'.repeat(300_000)
const octets = { 'Content-Type': 'application/octet-stream' }
beforeEach(async () => {
  bench = await startBench()
  file = `/data/experiments/${sessionOf(bench)}/resources/R/files/f.bin`
  await bench.call(file, { method: 'PUT', body: content, headers: octets })
})
afterEach(() => bench.archive.stop())

const turn = (change: Record<string, unknown>) => bench.call('/__faults', { method: 'POST', user: '', body: JSON.stringify(change) })

describe('switches', () => {
  it('break an answer after so many bytes, so many times', async () => {
    await turn({ resetAfter: 100_000, resets: 1, path: '/files/' })
    await expect(bench.call(file)).rejects.toThrow()
    expect((await bench.call(file)).body).toBe(content)
  })

  it('break an upload, which leaves its uncatalogued part', async () => {
    await turn({ resetUploadAfter: 10_000, resets: 1 })
    const path = file.replace('f.bin', 'g.bin')
    await expect(bench.call(path, { method: 'PUT', body: content, headers: octets })).rejects.toThrow()
    expect((await bench.call(path)).status).toBe(404)
    expect((await bench.call(path, { method: 'PUT', body: content, headers: octets })).json()).toEqual({ duplicates: ['g.bin'] })
  })

  it('refuse everybody from now on', async () => {
    await turn({ unauthorized: true })
    expect((await bench.call('/data/projects')).status).toBe(401)
    await bench.call('/__faults', { method: 'DELETE', user: '' })
    expect((await bench.call('/data/projects')).status).toBe(200)
  })

  it('touch requests of one method, and only so many', async () => {
    await turn({ forbidden: true, method: 'GET', hits: 1 })
    expect((await bench.call(file.replace('f.bin', 'g.bin'), { method: 'PUT', body: content, headers: octets })).status).toBe(200)
    const states = [await bench.call('/data/projects'), await bench.call('/data/projects')].map((one) => one.status)
    expect(states).toEqual([403, 200])
  })

  it('ask for patience', async () => {
    await turn({ retryAfter: 2 })
    const answer = await bench.call('/data/projects')
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2'])
  })

  it.each([
    [{ swallow: true }, ''],
    [{ duplicates: true }, '{"duplicates":["a/g.bin"]}'],
  ])('take an upload and store nothing: %o', async (change, said) => {
    await turn(change)
    const path = file.replace('f.bin', 'a/g.bin')
    const answer = await bench.call(path, { method: 'PUT', body: content, headers: octets })
    expect([answer.status, answer.body]).toEqual([200, said])
    expect((await bench.call(path)).status).toBe(404)
  })

  it('fail the next n', async () => {
    await turn({ failNext: 2 })
    const states = [await bench.call('/data/projects'), await bench.call('/data/projects'), await bench.call('/data/projects')].map(
      (one) => one.status,
    )
    expect(states).toEqual([500, 500, 200])
  })

  it('fill the disk', async () => {
    await turn({ room: 0 })
    const answer = await bench.call(file.replace('f.bin', 'g.bin'), { method: 'PUT', body: content, headers: octets })
    expect(answer.status).toBe(500)
    expect(answer.body).toContain('No space left on device')
    expect((await bench.call(file.replace('/f.bin', ''))).rows().map((row) => row.Name)).toEqual(['f.bin'])
  })

  it('send the login page with 200 where JSON was asked for', async () => {
    await turn({ htmlForJson: true })
    const answer = await bench.call('/data/projects?format=json')
    expect(answer.status).toBe(200)
    expect(answer.body).toMatch(/^<!DOCTYPE html>/)
  })

  it('move the clock', async () => {
    const issued = (await bench.call('/data/services/tokens/issue')).json() as { alias: string; secret: string }
    await turn({ advance: 2 * 24 * 3_600_000 })
    expect((await bench.call('/data/auth', { user: issued.alias, password: issued.secret })).status).toBe(401)
  })

  it('stall, before an answer or within', async () => {
    await turn({ stallAfter: 1000, path: '/files/' })
    const outcome = await Promise.race([bench.call(file).catch(() => 'broken'), new Promise((resolve) => setTimeout(resolve, 150, 'waiting'))])
    expect(outcome).toBe('waiting')
    await turn({ stallAfter: -1, stall: true })
    const before = await Promise.race([bench.call(file).catch(() => 'broken'), new Promise((resolve) => setTimeout(resolve, 150, 'waiting'))])
    expect(before).toBe('waiting')
  })

  it('refuse what they do not know', async () => {
    expect((await turn({ explode: true })).status).toBe(400)
    expect((await turn({ latency: 'long' })).status).toBe(400)
  })
})

it('are not there without the module', async () => {
  const { createArchive } = await import('./server.ts')
  const { seedSmall } = await import('./archive.fixture.ts')
  const plain = createArchive({ seed: seedSmall })
  await plain.start()
  expect((await fetch(`${plain.urls.http}/__faults`)).status).toBe(401)
  await plain.stop()
})
