import { describe, expect, it } from 'vitest'
import { dragWindow, levelTable, lutColours, mapLevel, plainWindow } from './window-level.ts'

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
  const bytes = (word: number | undefined) => [0, 8, 16, 24].map((shift) => ((word ?? 0) >>> shift) & 255)
  it('holds what mapLevel says, as opaque grey', () => {
    const window = { ...plainWindow, centre: 90, width: 120, gamma: 1.4 }
    const table = levelTable(window)
    expect(table).toHaveLength(256)
    for (const value of [0, 40, 90, 140, 255]) {
      const grey = Math.round(mapLevel(value, window) * 255)
      expect(bytes(table[value])).toEqual([grey, grey, grey, 255])
    }
  })
  it('turns what is inverted', () => {
    const table = levelTable({ ...plainWindow, lut: 'inverted' })
    expect([bytes(table[0]), bytes(table[55]), bytes(table[255])]).toEqual([
      [255, 255, 255, 255],
      [200, 200, 200, 255],
      [0, 0, 0, 255],
    ])
  })
})

describe('lutColours', () => {
  it('goes from black to white through hues, and never gets darker on the way', () => {
    const colours = lutColours('colour')
    const luminance = (i: number) =>
      0.299 * (colours[i * 4] as number) + 0.587 * (colours[i * 4 + 1] as number) + 0.114 * (colours[i * 4 + 2] as number)
    expect([...colours.slice(0, 4), ...colours.slice(1020)]).toEqual([0, 0, 0, 255, 255, 255, 255, 255])
    let spread = 0
    for (let i = 1; i < 256; i++) {
      expect(luminance(i)).toBeGreaterThan(luminance(i - 1) - 0.6)
      spread = Math.max(spread, Math.max(...colours.slice(i * 4, i * 4 + 3)) - Math.min(...colours.slice(i * 4, i * 4 + 3)))
    }
    expect(spread).toBeGreaterThan(80)
  })
})
