import { describe, expect, it } from 'vitest'
import { dragWindow, levelTable, mapLevel, plainWindow } from './window-level.ts'

describe('mapLevel', () => {
  it('leaves values alone in the plain window', () => {
    expect(mapLevel(0, plainWindow)).toBe(0)
    expect(mapLevel(51, plainWindow)).toBeCloseTo(0.2)
    expect(mapLevel(255, plainWindow)).toBe(1)
  })
  it('is black below the window and white above it', () => {
    const window = { centre: 100, width: 50, gamma: 1 }
    expect([mapLevel(75, window), mapLevel(100, window), mapLevel(125, window)]).toEqual([0, 0.5, 1])
    expect([mapLevel(10, window), mapLevel(200, window)]).toEqual([0, 1])
  })
  it('lifts the dark parts with a gamma above 1', () => expect(mapLevel(64, { ...plainWindow, gamma: 2 })).toBeGreaterThan(64 / 255))
})

describe('dragWindow', () => {
  it('brightens upwards and widens to the right', () => {
    const next = dragWindow(plainWindow, 20, -40)
    expect(next).toMatchObject({ centre: 107.5, width: 275 })
    expect(mapLevel(128, next)).toBeGreaterThan(mapLevel(128, plainWindow))
  })
  it('never closes the window', () => expect(dragWindow(plainWindow, -10_000, 0).width).toBeGreaterThanOrEqual(1))
})

describe('levelTable', () => {
  it('holds what mapLevel says', () => {
    const window = { centre: 90, width: 120, gamma: 1.4 }
    const table = levelTable(window)
    expect(table).toHaveLength(256)
    for (const value of [0, 40, 90, 140, 255]) expect(table[value]).toBeCloseTo(mapLevel(value, window) * 255, -0.1)
  })
})
