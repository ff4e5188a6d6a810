import { describe, expect, it } from 'vitest'
import { type ClockSeen, lookAtClock, seenBefore, seenText } from './clock-leap.ts'

/** What a clock that says these times one after the other is believed. */
const believed = (...times: string[]): boolean[] => {
  let seen: ClockSeen | null = null
  return times.map((time) => {
    const looked = lookAtClock(seen, new Date(`${time}Z`))
    seen = seenBefore(seenText(looked.seen))
    return looked.believed
  })
}

describe('a clock', () => {
  it.each<[string, string[], boolean[]]>([
    ['goes on hour by hour', ['2026-11-01T10:00', '2026-11-01T11:00', '2026-11-20T11:00'], [true, true, true]],
    [
      'is not believed for a day where it leaps',
      ['2026-11-01T10:00', '2031-01-01T00:00', '2031-01-01T01:00', '2031-01-01T23:59'],
      [true, false, false, false],
    ],
    [
      'is believed once it has stayed there for a day',
      ['2026-11-01T10:00', '2031-01-01T00:00', '2031-01-01T13:00', '2031-01-02T00:00'],
      [true, false, false, true],
    ],
    [
      'is believed at once where it was set back',
      ['2026-11-01T10:00', '2031-01-01T00:00', '2026-11-01T12:00', '2026-11-01T13:00'],
      [true, false, true, true],
    ],
    ['that is set back at first is believed', ['2031-01-01T00:00', '2026-11-01T12:00'], [true, true]],
    ['that leaps again while it waits is not', ['2026-11-01T10:00', '2031-01-01T00:00', '2036-01-01T00:00'], [true, false, false]],
  ])('%s', (_, times, found) => {
    expect(believed(...times)).toEqual(found)
  })

  it('that was noted down by somebody else is as one never seen', () => {
    expect(seenBefore('x')).toBeNull()
    expect(seenBefore(null)).toBeNull()
  })
})
