import { describe, expect, it } from 'vitest'
import { automaticRange, colours, paintMap, ticksOf } from './scale.ts'

describe('the map’s scale', () => {
  it('gets lighter all the way', () => {
    const light = Array.from(
      { length: 256 },
      (_, i) => 0.2126 * (colours[i * 4] ?? 0) + 0.7152 * (colours[i * 4 + 1] ?? 0) + 0.0722 * (colours[i * 4 + 2] ?? 0),
    )
    for (let i = 4; i < 256; i += 4) expect(light[i]).toBeGreaterThan(light[i - 4] ?? 0)
  })
  it('never shows a verdict’s green, orange or vermilion: red and blue are above green', () => {
    for (let i = 64; i < 256; i++)
      expect(Math.min(colours[i * 4] ?? 0, colours[i * 4 + 2] ?? 0)).toBeGreaterThanOrEqual((colours[i * 4 + 1] ?? 0) - 1)
  })
  it('holds nearly all values in tens of µm', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i < 3 ? 900 : i % 50 === 0 ? Number.NaN : 43 + (i % 60)))
    expect(automaticRange(values)).toEqual({ from: 40, to: 110 })
    expect(automaticRange(Float32Array.of(Number.NaN))).toEqual({ from: 0, to: 100 })
  })
  it('has round ticks', () => {
    expect(ticksOf({ from: 200, to: 450 })).toEqual([200, 250, 300, 350, 400, 450])
    expect(ticksOf({ from: 40, to: 110 })).toEqual([40, 60, 80, 100])
  })
  it('is clear where nothing was measured', () => {
    const pixels = paintMap(Float32Array.of(Number.NaN, 200, 999), { from: 200, to: 450 })
    expect([pixels[3], pixels[7], pixels[11]]).toEqual([0, 255, 255])
    expect([...pixels.subarray(8, 11)]).toEqual([...colours.subarray(1020, 1023)])
  })
})
