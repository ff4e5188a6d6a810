import { describe, expect, it } from 'vitest'
import { kept, labelPlace, measure, moved, noCalipers, nudged, removed, set, setInMiddle } from './calipers.ts'

const size = { width: 768, height: 496 }
const spacing = { lateral: 0.0116, axial: 0.00387 }
const two = set(set(noCalipers, 0, size, { x: 10, y: 10 }, { x: 110, y: 10 }), 0, size, { x: 50, y: 20 }, { x: 50, y: 120 })

describe('measure', () => {
  it('gives the parts along and in depth', () => {
    const { length, lateral, axial } = measure({ from: { x: 0, y: 0 }, to: { x: -100, y: 300 } }, spacing)
    expect(lateral).toBeCloseTo(1160)
    expect(axial).toBeCloseTo(1161)
    expect(length).toBeCloseTo(Math.hypot(1160, 1161))
  })
  it('does not care which end came first', () => {
    const [from, to] = [
      { x: 3, y: 4 },
      { x: 30, y: 14 },
    ]
    expect(measure({ from, to }, spacing)).toEqual(measure({ from: to, to: from }, spacing))
  })
})

describe('calipers', () => {
  it('keeps several, the newest selected', () => {
    expect(two.all).toHaveLength(2)
    expect(two.selected).toBe(2)
  })
  it('holds ends within the B-scan', () => {
    const out = moved(two, 1, 'to', { x: 5_000, y: -5 }, size)
    expect(out.all[0]?.to).toEqual({ x: 768, y: 0 })
    expect(out.selected).toBe(1)
  })
  it('removes the selected one, then the last', () => {
    const first = removed(moved(two, 1, 'from', { x: 0, y: 0 }, size), 0)
    expect(first.all.map((one) => one.id)).toEqual([2])
    expect(removed(first, 0).all).toEqual([])
    expect(removed(removed(first, 0), 0).all).toEqual([])
  })
  it('removes only what is on the B-scan that is seen', () => {
    const other = set(two, 5, size, { x: 0, y: 0 }, { x: 9, y: 9 })
    expect(removed(other, 0).all.map((one) => one.id)).toEqual([1, 3])
  })
  it('never gives an id twice', () => expect(set(removed(two, 0), 0, size, { x: 0, y: 0 }, { x: 1, y: 1 }).selected).toBe(3))
  it('forgets a press that was no drag', () => {
    const pressed = set(two, 0, size, { x: 5, y: 5 }, { x: 6, y: 5 })
    expect(kept(pressed, 3, 3).all).toHaveLength(2)
    expect(kept(pressed, 3, 3).selected).toBe(2)
    expect(kept(two, 2, 3)).toBe(two)
  })
  it('begins in the middle for the keyboard', () => {
    const [one] = setInMiddle(noCalipers, 3, size).all
    expect(one).toMatchObject({ frame: 3, from: { x: 288, y: 248 }, to: { x: 480, y: 248 } })
  })
  it.each([
    ['ArrowLeft', false, { x: 9, y: 10 }],
    ['ArrowDown', true, { x: 10, y: 20 }],
    ['Enter', false, null],
  ])('%s (shift %s) nudges an end', (key, shift, to) => expect(nudged({ x: 10, y: 10 }, key, shift)).toEqual(to))
})

describe('labelPlace', () => {
  const pane = { width: 600, height: 400 }
  const at = (x0: number, y0: number, x1: number, y1: number) => labelPlace({ x: x0, y: y0 }, { x: x1, y: y1 }, pane)
  it('stands right of a caliper, whichever end came first', () => {
    expect(at(100, 50, 200, 80)).toEqual({ x: 212, y: 80, anchor: 'start' })
    expect(at(200, 80, 100, 50)).toEqual(at(100, 50, 200, 80))
  })
  it('stands left of one that reaches the right edge', () => expect(at(300, 50, 590, 80)).toEqual({ x: 288, y: 50, anchor: 'end' }))
  it('stands above the middle of one as wide as the pane, or below where there is no room', () => {
    expect(at(20, 200, 580, 200)).toEqual({ x: 300, y: 168, anchor: 'middle' })
    expect(at(20, 10, 580, 10)).toEqual({ x: 300, y: 30, anchor: 'middle' })
  })
  it('stays within the pane', () => expect(at(100, 399, 200, 399).y).toBe(368))
})
