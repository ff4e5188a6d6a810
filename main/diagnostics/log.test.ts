import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import { createDispatch } from '../doorway/dispatch.ts'
import { createLog, filesToRemove, fileToWrite, frontLog, lastLines, logFolder, logLimits, pruneLog } from './log.ts'
import { describeError, frameOf, framesOf, logLine } from './log-line.ts'

const planted = ['Mustermann', 'DEMO-MS', 'P-0142', 'geheim', 'alias-8f3a', '/home/erna', 'xnat.charite.example', 'V02']
/** Errors as they come with whatever was at hand in them. */
const unexpected = (): unknown[] => {
  const said = planted.join(' ')
  const coded = Object.assign(new Error(said), { code: 'MUSTERMANN', path: `/home/erna/${said}`, hostname: 'xnat.charite.example' })
  const named = new Error(said)
  named.name = 'Mustermann'
  // Lines in a message that look like a program's frames.
  const framed = new Error(`${said}\n    at Mustermann (/home/erna/geheim.js:1:2)\n    at P-0142 (DEMO-MS.ts:3:4)`)
  const rewritten = new Error(said)
  rewritten.message = 'other words'
  const parsed = z.object({ patient: z.enum(['a']) }).safeParse({ patient: 'Mustermann', geheim: 'alias-8f3a' }).error
  const wilful = {
    get name(): string {
      throw new Error(said)
    },
  }
  return [
    coded,
    named,
    framed,
    rewritten,
    parsed,
    wilful,
    said,
    { patient: said },
    null,
    new AggregateError([coded], said),
    new Error('outer', { cause: new TypeError(said, { cause: coded }) }),
    new ScansideError('not-found', `The scan of ${said} is gone.`, { host: 'xnat.charite.example', label: 'DEMO-MS', reason: 'P-0142', status: 404 }),
    Object.assign(new Error(said), { stack: `Error: x\n    at ${said} (/home/erna/x.js:1:2)` }),
  ]
}

describe('a line of the log', () => {
  it('holds nothing of what was thrown but its kind, its code and the program’s own frames', () => {
    for (const error of unexpected()) {
      const line = JSON.stringify(logLine(new Date(0), 'runs', error))
      for (const word of planted) expect(line.toLowerCase()).not.toContain(word.toLowerCase())
    }
  })

  it('keeps what helps', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write /home/erna'), { code: 'ENOSPC' })
    expect(describeError(full)).toMatchObject({ error: 'Error', code: 'ENOSPC' })
    const [first] = describeError(full).at ?? []
    expect(first).toMatch(/log\.test\.ts:\d+:\d+$/)
    expect(describeError(new ScansideError('integrity', 'x', { size: 4, whole: false, reason: 'digest' }, { cause: full }))).toMatchObject({
      error: 'ScansideError',
      code: 'integrity',
      facts: { size: 4, whole: false, reason: 'digest' },
      cause: { code: 'ENOSPC' },
    })
    expect(describeError('EROFS')).toEqual({ error: 'thrown', code: 'EROFS' })
    expect(logLine(new Date(0), 'what a person /typed', new Error('x')).where).toBe('elsewhere')
    expect(logLine(new Date(0), 'scans.open', new Error('x')).where).toBe('scans.open')
  })

  it.each([
    ['    at open (file:///opt/Scan side/out/main/services-BlzjA6Va.js:12:34)', 'open services-BlzjA6Va.js:12:34'],
    ['    at async Object.take (C:\\Users\\Erna\\app\\taking.ts:3:1)', 'async Object.take taking.ts:3:1'],
    ['    at node:internal/process/task_queues:95:5', 'node:internal/process/task_queues:95:5'],
    ['    at new Lab (/srv/x/lab.ts:7:9)', 'new Lab lab.ts:7:9'],
    ['    at Ärztin (/srv/x/lab.ts:7:9)', 'lab.ts:7:9'],
    ['    at read (/srv/export/MUSTERMANN_ERNA.vol:1:1)', null],
    ['MUSTERMANN', null],
  ])('%s', (line, expected) => {
    expect(frameOf(line)).toBe(expected)
  })

  it('reads frames behind the message alone', () => {
    expect(framesOf('Error: a\n    at x (y.js:1:1)\n    at real (z.js:2:2)', 'a\n    at x (y.js:1:1)')).toEqual(['real z.js:2:2'])
    expect(framesOf('Error: a\n    at real (z.js:2:2)', 'not what it was')).toEqual([])
  })
})

describe('the files', () => {
  const sizes = (of: Record<string, number>) => (name: string) => of[name] ?? 0
  it.each([
    [{}, '2026-11-23.jsonl'],
    [{ '2026-11-22.jsonl': 5 }, '2026-11-23.jsonl'],
    [{ '2026-11-23.jsonl': logLimits.fileBytes - 1 }, '2026-11-23.jsonl'],
    [{ '2026-11-23.jsonl': logLimits.fileBytes }, '2026-11-23-1.jsonl'],
    [{ '2026-11-23.jsonl': logLimits.fileBytes, '2026-11-23-9.jsonl': logLimits.fileBytes, '2026-11-23-10.jsonl': 5 }, '2026-11-23-10.jsonl'],
    [{ '2026-11-23-10.jsonl': logLimits.fileBytes }, '2026-11-23-11.jsonl'],
    [{ '2026-11-23-999.jsonl': logLimits.fileBytes, '2026-11-23-1000.jsonl': logLimits.fileBytes }, '2026-11-23-1001.jsonl'],
    [{ 'notes.jsonl': 5, '2026-11-23.jsonl.bak': 5 }, '2026-11-23.jsonl'],
  ])('%o: the next line goes to %s', (files, expected) => {
    expect(fileToWrite(Object.keys(files), '2026-11-23', sizes(files))).toBe(expected)
  })

  const half = logLimits.allBytes / 2
  it.each([
    [['2026-11-21.jsonl', '2026-11-22.jsonl', '2026-11-23.jsonl'], 30, 5, []],
    [['2026-10-23.jsonl', '2026-10-24.jsonl', '2026-10-24-1.jsonl'], 30, 5, ['2026-10-23.jsonl']],
    [['2026-11-21.jsonl', '2026-11-22.jsonl', '2026-11-23.jsonl'], 1, 5, ['2026-11-21.jsonl']],
    [['1999-01-01.jsonl'], null, 5, []],
    [['2026-11-23.jsonl', '2026-11-21.jsonl', '2026-11-22.jsonl'], null, half, ['2026-11-21.jsonl']],
    [['family.jsonl', '1999-01-01.txt', '1999-01-01.jsonl'], 30, 5, ['1999-01-01.jsonl']],
    [['1999-01-01-1000.jsonl'], 30, 5, ['1999-01-01-1000.jsonl']],
  ] as const)('%o, kept %s days', (names, days, size, expected) => {
    expect(filesToRemove(names, '2026-11-23', days, () => size)).toEqual(expected)
  })

  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scanside-log-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('never are more than 20 MB, the one that is being written included', () => {
    const log = createLog({ folder, forDevelopers: null, out: () => undefined, now: () => new Date('2026-11-23T05:00:00Z') })
    for (let day = 1; day <= 22; day++) {
      writeFileSync(join(folder, `2026-11-${String(day).padStart(2, '0')}.jsonl`), '')
      truncateSync(join(folder, `2026-11-${String(day).padStart(2, '0')}.jsonl`), logLimits.fileBytes)
    }
    log('first', new Error('x'))
    truncateSync(join(folder, '2026-11-23.jsonl'), logLimits.fileBytes - 1)
    log('second', new Error('x'))
    expect(readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)).toBeLessThan(20_000_000)
  })

  it('are closed to others, found again in order, and go in time', () => {
    let time = new Date('2026-11-22T23:59:00Z')
    const log = createLog({ folder: join(folder, 'log'), forDevelopers: null, out: () => undefined, now: () => time })
    log('first', new Error('x'))
    time = new Date('2026-11-23T00:01:00Z')
    log('second', new Error('x'))
    writeFileSync(join(folder, 'log', 'of somebody else.txt'), 'x')
    const wheres = () => lastLines(join(folder, 'log'), 200).map((line) => (JSON.parse(line) as { where: string }).where)
    expect(wheres()).toEqual(['first', 'second'])
    expect(lastLines(join(folder, 'log'), 1)).toHaveLength(1)
    expect(statSync(join(folder, 'log')).mode & 0o077).toBe(0)
    for (const name of readdirSync(join(folder, 'log')).filter((each) => each.endsWith('.jsonl')))
      expect(statSync(join(folder, 'log', name)).mode & 0o077).toBe(0)
    expect(pruneLog(join(folder, 'log'), 1, new Date('2026-11-24T12:00:00Z'))).toBe(1)
    expect(wheres()).toEqual(['second'])
    expect(readdirSync(join(folder, 'log'))).toContain('of somebody else.txt')
  })

  it('tell the packed application’s console no more than they hold, and developers everything', () => {
    const told: string[] = []
    const seen: unknown[] = []
    const options = { folder: join(folder, 'log'), out: (line: string) => told.push(line), now: () => new Date(0) }
    const errors = unexpected()
    for (const error of errors) createLog({ ...options, forDevelopers: null })('inbox', error)
    expect(told).toHaveLength(errors.length)
    expect(readFileSync(join(folder, 'log', '1970-01-01.jsonl'), 'utf8')).toBe(`${told.join('\n')}\n`)
    for (const word of planted) expect(told.join('\n').toLowerCase()).not.toContain(word.toLowerCase())
    createLog({ ...options, forDevelopers: (_where, error) => seen.push(error) })('inbox', errors[0])
    expect(seen).toEqual([errors[0]])
    expect(told).toHaveLength(errors.length)
  })

  it('get what a handler throws, and the window a sentence', async () => {
    const told: string[] = []
    const options = { folder: join(folder, 'log'), out: (line: string) => void told.push(line), now: () => new Date(0) }
    const log = createLog({ ...options, forDevelopers: null })
    for (const error of unexpected()) {
      const throwing = new Proxy({} as Parameters<typeof createDispatch>[0], {
        get: () => () => {
          throw error
        },
      })
      const reply = await createDispatch(throwing, log)('app.recheckKeyring', undefined)
      expect(reply.ok).toBe(false)
      if (!(error instanceof ScansideError)) expect(planted.filter((word) => JSON.stringify(reply).includes(word))).toEqual([])
    }
    expect(told.length).toBeGreaterThan(10)
    for (const word of planted) expect(lastLines(join(folder, 'log'), 999).join('\n').toLowerCase()).not.toContain(word.toLowerCase())
  })

  it('that cannot be written hold nobody up', () => {
    writeFileSync(join(folder, 'log'), 'a file where the folder belongs')
    expect(() => createLog({ folder: logFolder(folder), forDevelopers: null, out: () => undefined, now: () => new Date(0) })('x', 'y')).not.toThrow()
    expect(lastLines(logFolder(folder), 10)).toEqual([])
    expect(pruneLog(logFolder(folder), 1, new Date())).toBe(0)
    expect(typeof frontLog(folder, true)).toBe('function')
  })
})
