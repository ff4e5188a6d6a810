import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type SynthOptions, synthesise } from '../synth/index.ts'
import { randomFrom } from '../synth/random.ts'
import { type AScanState, aScanStates, type FrameView } from './examination.ts'
import { grey, movedUp, opened, seen } from './opened.ts'
import { statesOf } from './states.ts'

const axial = 0.00387

const first = async (options: Partial<SynthOptions> = {}) => {
  const { views } = await opened(synthesise({ pattern: 'ring', laterality: 'OD', seed: 51, width: 256, frames: 3, ...options }))
  return views[0] as FrameView
}

const share = (view: Pick<FrameView, 'states'>, state: AScanState) =>
  view.states.filter((each) => aScanStates[each] === state).length / view.states.length

const highest = ({ ilm }: FrameView) => Math.floor(Math.min(...ilm.filter((row) => !Number.isNaN(row))))
const moved = (view: FrameView, rows: number, folded = false) => seen(movedUp(view, rows, folded), view.width, view.height, axial, view)

/** The device's lines in the place of found ones; `far` where the picture no longer holds them. */
const withLines = (view: FrameView, ilm: Float32Array, bm: Float32Array): FrameView => {
  const drawn: FrameView = { ...view, ilm, bm, origin: { ilm: 'device', bm: 'device' } }
  return { ...drawn, states: statesOf(drawn, axial) }
}

describe('a whole retina', () => {
  it.each<Partial<SynthOptions>>([{}, { pattern: 'line' }, { pattern: 'volume' }, { pattern: 'radial', frames: 4 }, { fault: 'dark' }])(
    '%j is whole by the lines of the device and by found ones',
    async (options) => {
      const view = await first(options)
      expect(share(view, 'whole')).toBe(1)
      expect(share(seen(view.roots, view.width, view.height, axial, view), 'whole')).toBeGreaterThan(0.9)
      expect(share(seen(grey(view.roots), view.width, view.height, axial, view), 'whole')).toBeGreaterThan(0.9)
    },
  )
})

describe('cut off above', () => {
  it('as much of it as lies beyond the edge, without any line of the device', async () => {
    for (const pattern of ['ring', 'line', 'volume'] as const) {
      const view = await first({ pattern })
      const rows = [...view.ilm].sort((a, b) => a - b)
      const up = Math.round(rows[128] as number)
      const beyond = view.ilm.filter((row) => row - up < 10).length / view.width
      expect(Math.abs(share(moved(view, up), 'cut-upper') - beyond)).toBeLessThan(0.08)
    }
  })

  it('where the device keeps its lines at the edge, and where it drops them', async () => {
    const view = await first()
    const up = Math.round([...view.ilm].sort((a, b) => a - b)[128] as number)
    const found = moved(view, up)
    const clamped = withLines(
      found,
      view.ilm.map((row) => Math.max(0, row - up)),
      view.bm.map((row) => row - up),
    )
    const dropped = withLines(
      found,
      view.ilm.map((row) => (row < up ? Number.NaN : row - up)),
      view.bm.map((row) => row - up),
    )
    const none = withLines(found, new Float32Array(256).fill(Number.NaN), new Float32Array(256).fill(Number.NaN))
    for (const each of [clamped, dropped, none]) expect(Math.abs(share(each, 'cut-upper') - share(found, 'cut-upper'))).toBeLessThan(0.05)
  })

  it('is never whole again, however far it is moved out', async () => {
    for (const pattern of ['ring', 'line'] as const) {
      const view = await first({ pattern })
      const steps = [0, 40, 80, 120, 160, 200].map((more) => share(moved(view, highest(view) + more), 'whole'))
      expect(steps).toEqual([...steps].sort((a, b) => b - a))
      expect(steps.slice(3)).toEqual([0, 0, 0])
    }
  })
})

describe('cut off below', () => {
  it('by a found ILM with no room for a retina below it', async () => {
    for (const pattern of ['ring', 'line'] as const) {
      const view = await first({ pattern })
      const deepest = Math.max(...view.bm)
      const states = [60, 15, -5, -60].map((room) => {
        const down = Math.round(view.height - room - deepest)
        const roots = view.roots.map((_, i) => {
          const row = Math.floor(i / 256) - down
          return view.roots[(row >= 0 ? row : (row + 4 * view.height) % 80) * 256 + (i % 256)] as number
        })
        return share(seen(roots, 256, view.height, axial, view), 'cut-lower')
      })
      expect(states[0]).toBe(0)
      expect(states[2]).toBeGreaterThan(0.05)
      expect(states[3]).toBeGreaterThan(0.5)
    }
  })
})

describe('folded at the upper edge', () => {
  it.each(['ring', 'line', 'volume'] as const)('a %s whose mirror image comes back deep enough', async (pattern) => {
    const view = await first({ pattern })
    const up = highest(view) + 32
    expect(share(moved(view, up, true), 'folded')).toBeGreaterThan(0.25)
    expect(share(moved(view, up), 'folded')).toBe(0)
    expect(share(view, 'folded')).toBe(0)
  })

  it.each(['ring', 'line', 'volume'] as const)('a %s that lies upside down', async (pattern) => {
    const view = await first({ pattern })
    const up = Math.round(1.6 * Math.max(...view.ilm))
    expect(share(moved(view, up, true), 'folded')).toBe(1)
    expect(share(moved(view, up), 'whole')).toBe(0)
  })
})

describe('missing', () => {
  it('black and not acquired A-scans, but not the border A-scans a device leaves black', async () => {
    const view = await first()
    for (const empty of [0, Number.NaN]) {
      const roots = view.roots.map((root, i) => (i % 256 >= 60 && i % 256 < 86 ? empty : root))
      expect(share(seen(roots, 256, view.height, axial, view), 'signal-missing')).toBeCloseTo(26 / 256, 2)
      expect(share(withLines({ ...view, roots }, view.ilm, view.bm), 'signal-missing')).toBeCloseTo(26 / 256, 2)
    }
    const border = view.roots.map((root, i) => (i % 256 < 2 ? 0 : root))
    expect(share(withLines({ ...view, roots: border }, view.ilm, view.bm), 'signal-missing')).toBe(0)
  })

  it('a B-scan of noise, even where lines are drawn on it', async () => {
    const view = await first()
    const random = randomFrom(8)
    for (const most of [0.15, 0.3]) {
      const roots = view.roots.map(() => most * random())
      const blank = seen(roots, 256, view.height, axial, view)
      expect(share(withLines(blank, view.ilm, view.bm), 'signal-missing')).toBeGreaterThan(0.9)
      expect(share(blank, 'whole')).toBeLessThan(0.1)
    }
  })
})

it.each([
  [1, 1],
  [1, 496],
  [4, 20],
  [300, 5],
])('takes a picture of %i x %i', (width, height) => {
  const info = {
    index: 0,
    width,
    height,
    location: { kind: 'unknown' as const },
    pixels: { file: 0, parts: [], coding: { kind: 'reflectivity-f32' as const } },
  }
  for (const value of [0, 0.5, Number.NaN]) {
    const view = seen(new Float32Array(width * height).fill(value), width, height, 0, { info: { ...info, layers: [] } } as unknown as FrameView)
    expect(view.states.length).toBe(width)
    expect(share(view, 'whole')).toBe(0)
  }
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  it.each(['ring-od.vol', 'line-od.vol'])('%s is whole by either lines, and cut off once moved out', async (name) => {
    const [view] = (await opened(new Uint8Array(readFileSync(join(real ?? '', 'oct', name))))).views
    if (!view) throw new Error('no B-scan')
    expect(share(view, 'whole')).toBe(1)
    expect(share(seen(grey(view.roots), view.width, view.height, axial, view), 'whole')).toBeGreaterThan(0.97)
    expect(share(moved(view, 230), 'whole')).toBe(0)
    expect(share(moved(view, 350, true), 'folded')).toBe(1)
  })
