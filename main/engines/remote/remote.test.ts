import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../../oct/errors.ts'
import type { ObjectStore } from '../../openstack/openstack.ts'
import { outcomeSchema } from './job.ts'
import { inLanes } from './lanes.ts'
import { growingPauses, plainSleep } from './parts.ts'
import { createReports, type Shelf, swiftShelf } from './reports.ts'
import { consoleHint, hintSentence, problemError, stageLine } from './sentences.ts'

describe('what a console is believed', () => {
  it.each([
    ['the script’s own lines', 'boot\nscanside r1 preparing 0/0\n[1.0] x: scanside r1 problem clock\n', 'preparing 0/0; problem clock'],
    ['not another run’s', 'scanside r2 problem clock', null],
    ['no free text', 'scanside r1 https://x/?secret=1\nscanside r1 a b c', null],
    [
      'the last five',
      Array.from({ length: 9 }, (_, i) => `scanside r1 fetching ${i}/9`).join('\n'),
      'fetching 4/9; fetching 5/9; fetching 6/9; fetching 7/9; fetching 8/9',
    ],
    ['none', null, null],
  ])('%s', (_what, text, hint) => {
    expect(consoleHint(text, 'r1')).toBe(hint)
  })
})

it.each(outcomeSchema.shape.problem.unwrap().options)('says of %s what happened, what is safe, what to do', (problem) => {
  const error = problemError(problem)
  expect(error.details).toEqual({ problem })
  expect(error.message).toMatch(/untouched|No result was kept|not taken/)
  expect(error.message.split(/[.;] /).length).toBeGreaterThan(1)
})

it.each([
  ['problem clock; done 0/0', /clock/],
  ['problem clock; problem disk-full', /room/],
  ['problem toString', null],
  ['running 0/0', null],
  [null, null],
])('a console’s fixed words alone have a meaning: %s', (hint, sentence) => {
  if (sentence === null) expect(hintSentence(hint)).toBeNull()
  else expect(hintSentence(hint)).toMatch(sentence)
})

it('tells how far a machine is', () => {
  const at = (stage: Parameters<typeof stageLine>[0]['stage'], done = 0, of = 0) => stageLine({ run: 'r', stage, done, of })
  expect(at('fetching', 3, 10)).toBe('The machine has fetched 3 of 10 files.')
  expect(new Set((['preparing', 'fetching', 'loading-image', 'running', 'sending', 'done'] as const).map((stage) => at(stage))).size).toBe(6)
})

describe('reports', () => {
  const shelf = (files: Map<string, string>): Shelf => ({
    list: async () => [...files].map(([name, text]) => ({ name, mark: text })),
    read: async (name, limit) => {
      const bytes = Buffer.from(files.get(name) ?? '')
      if (bytes.length > limit) throw new Error('too long')
      return files.has(name) ? bytes : null
    },
  })
  it('are read when they change, and not again', async () => {
    const files = new Map([['log.txt', 'a']])
    const reports = createReports(shelf(files), 'r1', 100)
    expect(Buffer.from((await reports.news()).log ?? []).toString()).toBe('a')
    expect((await reports.news()).log).toBeNull()
    files.set('progress.json', '{"run":"r1","stage":"running","done":0,"of":0}')
    expect(await reports.news()).toMatchObject({ progress: { stage: 'running' }, log: null, outcome: null })
  })
  it.each(['', 'null', '[]', '{', '{"run":"r2","stage":"running","done":0,"of":0}', '{"run":"r1","stage":"dancing","done":0,"of":0}'])(
    'that are none are not there: %j',
    async (text) => {
      const files = new Map([
        ['progress.json', text],
        ['outcome.json', text],
      ])
      const reports = createReports(shelf(files), 'r1', 100)
      expect(await reports.news()).toEqual({ progress: null, log: null, outcome: null })
      expect(await reports.outcome()).toBeNull()
    },
  )
  it('longer than any machine writes are none: whoever holds a link may write there', async () => {
    const objects = {
      objects: async () => [{ name: 'progress.json', md5: 'a', size: 20_000 }],
      get: async () => {
        throw new ScansideError('integrity', 'longer than it may be')
      },
    } as unknown as ObjectStore
    const reports = createReports(swiftShelf(objects, 'scanside-r1'), 'r1', 100)
    expect(await reports.news()).toEqual({ progress: null, log: null, outcome: null })
    expect(await reports.outcome()).toBeNull()
  })
  it('a log longer than it may be is left out', async () => {
    expect((await createReports(shelf(new Map([['log.txt', 'x'.repeat(3_000)]])), 'r1', 100).news()).log).toBeNull()
  })
})

describe('several at once', () => {
  it('keeps to its lanes and to the order', async () => {
    let now = 0
    let most = 0
    const results = await inLanes(3, [5, 4, 3, 2, 1, 0], async (item, index) => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setImmediate(resolve))
      now -= 1
      return item * 10 + index
    })
    expect([most, results]).toEqual([3, [50, 41, 32, 23, 14, 5]])
  })
  it('begins nothing after a failure, and tells it when all has ended', async () => {
    const begun: number[] = []
    let ended = 0
    const work = inLanes(2, [0, 1, 2, 3], async (item) => {
      begun.push(item)
      if (item === 0) throw new Error('no')
      await new Promise((resolve) => setImmediate(resolve))
      ended += 1
    })
    await expect(work).rejects.toThrow('no')
    expect([begun, ended]).toEqual([[0, 1], 1])
  })
  it('takes nothing for nothing', async () => {
    expect(await inLanes(2, [], async () => 1)).toEqual([])
  })
})

describe('pauses', () => {
  it('grow to the longest, by chance a quarter more or less', () => {
    const least = growingPauses(100, 400, () => 0)
    const most = growingPauses(100, 400, () => 1)
    expect(Array.from({ length: 6 }, least)).toEqual([75, 112.5, 168.75, 253.125, 300, 300])
    expect([most(), most()]).toEqual([125, 187.5])
  })
  it('end with the signal', async () => {
    const abort = new AbortController()
    const sleeping = plainSleep(60_000, abort.signal)
    abort.abort(new Error('stop'))
    await expect(sleeping).rejects.toThrow('stop')
    await expect(plainSleep(60_000, abort.signal)).rejects.toThrow('stop')
  })
})
