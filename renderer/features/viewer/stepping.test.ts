import { describe, expect, it } from 'vitest'
import { frameForKey, stepFrame, wheelSteps } from './stepping.ts'

const turn = (deltaY: number, more: Partial<{ deltaX: number; deltaMode: number; shiftKey: boolean }> = {}) => ({
  deltaX: 0,
  deltaMode: 0,
  shiftKey: false,
  deltaY,
  ...more,
})

describe('stepFrame', () => {
  it('stays within the scan', () => {
    expect(stepFrame(0, 61, -1)).toBe(0)
    expect(stepFrame(60, 61, 10)).toBe(60)
    expect(stepFrame(0, 0, 1)).toBe(0)
  })
})

describe('frameForKey', () => {
  it.each([
    ['ArrowRight', false, 31],
    ['ArrowDown', true, 40],
    ['ArrowUp', false, 29],
    ['ArrowLeft', true, 20],
    ['PageUp', false, 20],
    ['PageDown', false, 40],
    ['Home', false, 0],
    ['End', false, 60],
  ])('%s (shift %s) leads from 30 to %d', (key, shift, index) => expect(frameForKey(key, shift, 30, 61)).toBe(index))
  it('leaves other keys alone', () => expect(frameForKey('l', false, 30, 61)).toBeNull())
})

describe('wheelSteps', () => {
  it('steps once per notch', () => expect(wheelSteps(0, turn(120))).toEqual({ steps: 1, rest: 0 }))
  it('counts lines as notches', () => expect(wheelSteps(0, turn(-3, { deltaMode: 1 }))).toEqual({ steps: -1, rest: 0 }))
  it('adds up small turns', () => {
    const first = wheelSteps(0, turn(25))
    expect(first).toEqual({ steps: 0, rest: 25 })
    expect(wheelSteps(first.rest, turn(25)).steps).toBe(1)
  })
  it('forgets the rest when the direction turns', () => expect(wheelSteps(30, turn(-15))).toEqual({ steps: 0, rest: -15 }))
  it('steps by ten with Shift, which comes as a horizontal turn', () => {
    expect(wheelSteps(0, turn(0, { deltaX: 120, shiftKey: true })).steps).toBe(10)
  })
})
