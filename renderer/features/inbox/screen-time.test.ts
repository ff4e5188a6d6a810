import { describe, expect, it } from 'vitest'
import { scanOf } from './fixture.ts'
import { createScreenClock } from './screen-time.ts'

const judging = scanOf('a', { state: 'judging', verdict: null })
const judged = scanOf('a')

describe('the time to the screen', () => {
  it('runs from the push that brought the verdict to be read until its pictures are painted', () => {
    const clock = createScreenClock()
    clock.store({ reading: null, scans: [judging] }, 100)
    clock.store({ reading: 'a', scans: [judged] }, 200)
    clock.store({ reading: 'a', scans: [judged] }, 250)
    expect(clock.painted('a', 310)).toBe(110)
    expect(clock.of('a')).toBe(110)
  })
  it('counts what was judged earlier from when it came to be read', () => {
    const clock = createScreenClock()
    clock.store({ reading: null, scans: [judged] }, 0)
    clock.store({ reading: 'a', scans: [judged] }, 5_000)
    expect(clock.painted('a', 5_040)).toBe(40)
  })
  it('is told once, and not for what was read when the window opened', () => {
    const clock = createScreenClock()
    clock.store({ reading: 'a', scans: [judged] }, 0)
    expect(clock.painted('a', 50)).toBeNull()
    clock.store({ reading: 'b', scans: [scanOf('b')] }, 60)
    expect(clock.painted('b', 70)).toBe(10)
    expect(clock.painted('b', 900)).toBe(10)
  })
})
