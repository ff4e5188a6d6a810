import { describe, expect, it } from 'vitest'
import { baseSize, filled, held, noZoom, placed, toImage, zoomAt } from './view.ts'

const image = { width: 768, height: 496 }
const pane = { width: 800, height: 400 }

describe('baseSize', () => {
  it('fits without changing the pixels’ shape', () => {
    const size = baseSize('fit', image, pane, { x: 1, y: 1 }, 1)
    expect(size.height).toBeCloseTo(400)
    expect(size.width / size.height).toBeCloseTo(768 / 496)
  })
  it('shows one image pixel per screen pixel', () => expect(baseSize('pixels', image, pane, { x: 1, y: 1 }, 2)).toEqual({ width: 384, height: 248 }))
  it('gives a µm the same length both ways', () => {
    const size = baseSize('micrometres', image, pane, { x: 0.0147, y: 0.00387 }, 1)
    expect(size.width).toBeCloseTo(800)
    expect(size.width / size.height).toBeCloseTo((768 * 0.0147) / (496 * 0.00387))
  })
  it('falls back to pixels where the spacing is not known', () => {
    expect(baseSize('micrometres', image, pane, { x: 0, y: 0 }, 1)).toEqual(baseSize('fit', image, pane, { x: 0, y: 0 }, 1))
  })
  it('is nothing in a pane that is not laid out yet', () => {
    expect(baseSize('fit', image, { width: 0, height: 0 }, { x: 1, y: 1 }, 1)).toEqual({ width: 0, height: 0 })
  })
})

describe('zoom', () => {
  const base = baseSize('fit', image, pane, { x: 1, y: 1 }, 1)
  it('keeps what lies under the pointer', () => {
    const at = { x: 300, y: 120 }
    const before = toImage(placed(base, pane, noZoom), image, at)
    const after = toImage(placed(base, pane, zoomAt(base, pane, noZoom, 3, at)), image, at)
    expect(after.x).toBeCloseTo(before.x)
    expect(after.y).toBeCloseTo(before.y)
  })
  it('never goes below the whole image nor beyond sixteen times', () => {
    expect(zoomAt(base, pane, noZoom, 0.5, { x: 0, y: 0 }).factor).toBe(1)
    expect(zoomAt(base, pane, noZoom, 100, { x: 0, y: 0 }).factor).toBe(16)
  })
  it('leaves no gap beside a zoomed image', () => {
    const rect = placed(base, pane, held(base, pane, { factor: 2, x: 5_000, y: -5_000 }))
    expect(rect.x).toBeCloseTo(0)
    expect(rect.y + rect.height).toBeCloseTo(pane.height)
  })
})

describe('filled', () => {
  const band = { width: 800, height: 100 }
  it('makes a narrow band as high as its pane', () => {
    const rect = placed(band, pane, filled(band, pane, { x: 0.5, y: 0.5 }))
    expect(rect).toEqual({ x: -1200, y: 0, width: 3200, height: 400 })
  })
  it('keeps a place in the middle', () => {
    const rect = placed(band, pane, filled(band, pane, { x: 0.3, y: 0.5 }))
    expect(rect.x + 0.3 * rect.width).toBeCloseTo(pane.width / 2)
  })
  it('stops at the image’s edge', () => expect(placed(band, pane, filled(band, pane, { x: 0, y: 0 })).x).toBeCloseTo(0))
  it('never makes an image smaller', () => expect(filled({ width: 300, height: 600 }, pane, { x: 0, y: 0 }).factor).toBe(1))
  it('bears a pane that is not laid out yet', () =>
    expect(filled({ width: 0, height: 0 }, { width: 0, height: 0 }, { x: 0.5, y: 0.5 }).factor).toBe(1))
})
