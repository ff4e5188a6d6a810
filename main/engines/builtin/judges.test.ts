import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bytesSource } from '../../../oct/formats/bytes.ts'
import { defaultProfile, judge, refusal } from '../../../oct/quality/judge.ts'
import type { NamedSource } from '../../../oct/scan.ts'
import { synthesise } from '../../../oct/synth/index.ts'
import { createNodeCodecs } from '../../../test/support/codecs.ts'
import { sourcesOf, twentyScans } from '../../../test/support/twenty-scans.ts'
import { builtWorker } from './built-worker.fixture.ts'
import { createJudging, type JudgingOptions } from './judges.ts'
import type { JudgeRequest, Judging } from './judging.ts'

let folder = ''
let url = new URL('file:///')
const open: Judging[] = []
const judging = (options: Partial<JudgingOptions> = {}): Judging => {
  const made = createJudging({ worker: url, ...options })
  open.push(made)
  return made
}
const ring = synthesise({ pattern: 'ring', laterality: 'OD', seed: 1, width: 128, height: 248 })
const volume = synthesise({ pattern: 'volume', laterality: 'OD', seed: 2, width: 64, height: 128, frames: 13 })
const inputs = [{ name: 'scan-1.vol', size: 1, sha256: '0'.repeat(64) }]
const request = (files: readonly NamedSource[], more: Partial<JudgeRequest> = {}): JudgeRequest => ({
  files,
  inputs,
  profile: defaultProfile,
  urgent: true,
  signal: new AbortController().signal,
  ...more,
})
const one = (bytes: Uint8Array): NamedSource[] => [{ name: 'a', source: bytesSource(bytes) }]
/** A worker of a few lines that does not behave. */
const rogue = async (source: string): Promise<URL> => {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.mjs`)
  await writeFile(path, `import { parentPort } from 'node:worker_threads'\n${source}`)
  return pathToFileURL(path)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-judges-'))
  url = await builtWorker(folder)
})
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('judging in a worker', () => {
  it('says of every format what the analysis says', async () => {
    const here = judging()
    const codecs = createNodeCodecs()
    const scans = await twentyScans()
    expect(scans.length).toBe(20)
    for (const scan of scans) {
      const files = sourcesOf(scan)
      const expected = await judge(files, { inputs, codecs }).catch((error: unknown) => refusal(error, inputs))
      const { result, asEarlier, thumb, analysisMs } = await here.judge(request(files))
      expect(result, scan.name).toEqual(expected)
      expect(result.error, scan.name).toBeUndefined()
      expect(thumb?.pixels.length, scan.name).toBe((thumb?.width ?? 0) * (thumb?.height ?? 0))
      expect(asEarlier, scan.name).toMatchObject({ frames: result.facts?.frames, laterality: result.facts?.laterality })
      expect(analysisMs).toBeGreaterThan(0)
    }
  })

  it('tells progress and a first word', async () => {
    const told: number[] = []
    const words: string[] = []
    const { result } = await judging().judge(
      request(one(volume), { onProgress: (done, total) => told.push(done / total), onProvisional: ({ verdict }) => words.push(verdict) }),
    )
    expect(told).toEqual(Array.from({ length: 13 }, (_, i) => (i + 1) / 13))
    expect(words).toHaveLength(1)
    expect(words).not.toContain('usable')
    expect(result.facts?.frames).toBe(13)
  })

  it('keeps the values per B-scan out where they are not wanted', async () => {
    expect((await judging().judge(request(one(ring), { series: false }))).result.series).toEqual([])
  })

  it('gives what cannot be read the verdict unknown, with the reader’s sentence, and goes on with the same worker', async () => {
    const here = judging({ workers: 1 })
    const { result, asEarlier, thumb } = await here.judge(request(one(new TextEncoder().encode('hello'))))
    expect(result).toMatchObject({ verdict: 'unknown', inputs, error: { code: 'invalid-file', message: expect.stringContaining('no OCT scan') } })
    expect([asEarlier, thumb]).toEqual([null, null])
    expect((await here.judge(request(one(ring)))).result.error).toBeUndefined()
  })

  it('hands on why bytes could not be had', async () => {
    const gone: NamedSource = { name: '', source: { size: 5000, read: () => Promise.reject(new Error('/some/path')) } }
    const { result } = await judging().judge(request([gone]))
    expect(result.verdict).toBe('unknown')
    expect(result.error?.message).not.toContain('/some')
  })

  it('outlives a worker that dies, hangs, takes all memory, goes in circles or lies', async () => {
    const onTask = (source: string) => rogue(`parentPort.on('message', (message) => { if (message.kind === 'task') { ${source} } })`)
    const cases: [string, string][] = [
      ['process.exit(0)', 'invalid-file'],
      ['throw new Error()', 'invalid-file'],
      ['for (;;) {}', 'timeout'],
      ['const kept = []; for (;;) kept.push(new Array(1e6).fill(kept.length))', 'invalid-file'],
      ["for (let id = 0; id < 9; id++) parentPort.postMessage({ kind: 'read', id, file: 0, offset: 0, length: 1e12 })", 'timeout'],
      ["parentPort.postMessage({ kind: 'read', id: 1, file: 7, offset: 0, length: 1 })", 'timeout'],
      ["parentPort.postMessage({ kind: 'judged', judgement: { result: { verdict: 'splendid' } } })", 'invalid-file'],
    ]
    for (const [source, code] of cases) {
      const here = judging({ worker: await onTask(source), patience: { silence: source.includes('kept') ? 20_000 : 300, whole: 20_000 } })
      expect((await here.judge(request(one(ring)))).result, source).toMatchObject({ verdict: 'unknown', inputs, error: { code } })
    }
  })

  it('takes another worker after one has died', async () => {
    const worker = await rogue(`
      let count = 0
      parentPort.on('message', (message) => {
        if (message.kind !== 'task') return
        const nothing = { criteria: [], series: [], intervals: [], files: [], decidedBy: [] }
        if (message.task.files[0].name === 'bad') throw new Error('dies')
        const result = { inputs: [], verdict: 'usable', action: 'keep', ...nothing }
        parentPort.postMessage({ kind: 'judged', judgement: { result, asEarlier: null, discSide: null, thumb: null, analysisMs: 1 } })
      })`)
    const here = judging({ worker, workers: 1 })
    const bad = [{ name: 'bad', source: bytesSource(ring) }]
    const verdicts = await Promise.all([bad, one(ring), bad, one(ring)].map(async (files) => (await here.judge(request(files))).result.verdict))
    expect(verdicts).toEqual(['unknown', 'usable', 'unknown', 'usable'])
  })

  it('goes first where somebody waits, and keeps a worker for them', async () => {
    const order: string[] = []
    const here = judging({ workers: 2 })
    const say = (name: string, urgent: boolean) =>
      here.judge(request(one(name === 'volume' ? volume : ring), { urgent })).then(() => order.push(name))
    await Promise.all([say('volume', false), say('second', false), say('third', false), say('beside the device', true)])
    expect(order.indexOf('beside the device')).toBeLessThan(order.indexOf('second'))
    expect(order.slice(-2)).toEqual(['second', 'third'])
  })

  it('is cancelled before, while and where it is closed', async () => {
    const here = judging({ worker: await rogue("parentPort.on('message', () => {})"), workers: 1 })
    const aborted = new AbortController()
    aborted.abort()
    await expect(here.judge(request(one(ring), { signal: aborted.signal }))).rejects.toMatchObject({ code: 'cancelled' })
    const running = new AbortController()
    const first = here.judge(request(one(ring), { signal: running.signal }))
    const waiting = new AbortController()
    const second = here.judge(request(one(ring), { signal: waiting.signal }))
    waiting.abort()
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
    running.abort()
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    const third = here.judge(request(one(ring)))
    const fourth = here.judge(request(one(ring)))
    const ends = Promise.allSettled([third, fourth])
    await here.close()
    expect((await ends).map((end) => end.status === 'rejected' && (end.reason as { code: string }).code)).toEqual(['cancelled', 'cancelled'])
    await expect(here.judge(request(one(ring)))).rejects.toMatchObject({ code: 'cancelled' })
  })
})
