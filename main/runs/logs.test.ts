import { describe, expect, it } from 'vitest'
import { logLineSchema } from '../../preload/contract.ts'
import { cleanLine, createLogs, keptLines, maxLineLength, progressOf } from './logs.ts'

const line = (text: string) => ({ stream: 'stdout' as const, text, at: '2026-01-01T00:00:00.000Z' })

describe('a run’s log', () => {
  it('keeps the newest thousand lines, numbered, and says how many are gone', () => {
    const logs = createLogs(
      () => {},
      () => {},
    )
    for (let i = 1; i <= 5_000; i++) logs.add('r', line(`line ${i}`))
    const all = logs.get('r', 0)
    expect(all?.lines).toHaveLength(keptLines)
    expect(all?.lines[0]).toMatchObject({ seq: 4_001, text: 'line 4001' })
    expect(all?.dropped).toBe(4_000)
    expect(logs.get('r', 4_998)?.lines.map(({ seq }) => seq)).toEqual([4_999, 5_000])
    expect(logs.get('nobody', 0)).toBeNull()
  })

  it('goes when fifty others came after its last line, not after its first', () => {
    const logs = createLogs(
      () => {},
      () => {},
    )
    logs.add('silent', line('x'))
    logs.add('long', line('first'))
    for (let i = 0; i < 60; i++) {
      logs.add(`r${i}`, line('x'))
      logs.add('long', line('more'))
    }
    expect(logs.get('long', 0)?.lines).toHaveLength(61)
    expect(logs.get('silent', 0)).toBeNull()
  })

  it('is announced once per batch and run', () => {
    const told: [string, number][] = []
    const later: (() => void)[] = []
    const logs = createLogs(
      (run, seq) => told.push([run, seq]),
      (work, ms) => {
        expect(ms).toBe(16)
        later.push(work)
      },
    )
    for (let i = 0; i < 100; i++) logs.add('a', line('x'))
    logs.add('b', line('x'))
    expect(later).toHaveLength(1)
    later[0]?.()
    expect(told).toEqual([
      ['a', 100],
      ['b', 1],
    ])
    logs.add('a', line('x'))
    expect(later).toHaveLength(2)
  })

  it('holds lines without end and terminal tricks', () => {
    expect(cleanLine('\u001b[31mred\u001b[0m\ttab\u0007\r\u0000')).toBe('red\ttab')
    const long = cleanLine('x'.repeat(10_000_000))
    expect(long).toHaveLength(maxLineLength + 1)
    logLineSchema.parse({ ...line(long), seq: 1 })
  })
})

describe('progress on stdout', () => {
  it.each([
    ['progress 0.42', 0.42],
    ['PROGRESS: 42%', 0.42],
    ['progress 3/61', 3 / 61],
    ['progress 1', 1],
    ['progress 42', null],
    ['progress 1/0', null],
    ['progress 0/0', null],
    ['no progress 0.5', null],
    ['progress 0.5 of the way', null],
  ])('%s', (text, value) => {
    expect(progressOf(text)).toBe(value)
  })
})
