import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Layer, Scan } from '../../scan.ts'
import { type SynthOptions, synthesise } from '../../synth/index.ts'
import { randomFrom } from '../../synth/random.ts'
import type { FrameView } from '../examination.ts'
import { opened, seen } from '../opened.ts'
import { layers } from './layers.ts'
import { examination, hostile } from './phantom.ts'

const width = 256
const axial = 0.00387167

const made = async (options: Partial<SynthOptions> = {}) => {
  const { scan, views } = await opened(synthesise({ pattern: 'ring', laterality: 'OD', seed: 81, width, frames: 3, ...options }))
  return { scan, view: views[0] as FrameView }
}

function found(scan: Scan, views: FrameView[]) {
  const detector = layers(examination(scan))
  for (const view of views) detector.frame?.(view)
  const findings = detector.end()
  return { ...findings, of: (id: string) => findings.criteria.find((each) => each.id === id) }
}

/** The same B-scan with a line changed, as if the device had drawn it so. */
function redrawn(view: FrameView, name: string, change: (row: number, x: number) => number): FrameView {
  const lines = view.info.layers.map((layer): Layer => (layer.name === name ? { name, rows: layer.rows.map(change) } : layer))
  const rowsOf = (which: string) => lines.find((layer) => layer.name === which)?.rows ?? new Float32Array(view.width)
  return { ...view, info: { ...view.info, layers: lines }, ilm: rowsOf('ILM'), bm: rowsOf('BM') }
}

describe('lines as a device draws them', () => {
  it.each<Partial<SynthOptions>>([
    {},
    { pattern: 'line' },
    { pattern: 'volume' },
    { width: 768 },
    { fault: 'dark' },
    { pattern: 'radial', frames: 4 },
  ])('%j pass in all four', async (options) => {
    for (const seed of [81, 82]) {
      const { scan, view } = await made({ seed, ...options })
      const result = found(scan, [view])
      expect(result.criteria.map(({ id, status }) => [id, status])).toEqual([
        ['A', 'pass'],
        ['A.missing', 'pass'],
        ['A.crossing', 'pass'],
        ['A.jump', 'pass'],
      ])
      expect(result.series).toEqual([{ id: 'A', unit: '%', values: [result.of('A')?.value] }])
    }
  })

  it('are held against the picture also where many are drawn between the outer two', async () => {
    const { scan, view } = await made()
    const [ilm, bm] = [view.ilm, view.bm]
    const between = ['GCL', 'IPL', 'INL', 'OPL', 'ELM', 'PR1', 'PR2', 'RPE'].map((name, i): Layer => {
      return { name, rows: ilm.map((row, x) => row + ((bm[x] as number) - row) * (0.5 + i / 20)) }
    })
    const many = { ...view, info: { ...view.info, layers: [...view.info.layers, ...between] } }
    expect(found(scan, [many]).of('A')).toMatchObject({ status: 'pass', value: found(scan, [view]).of('A')?.value })
    const off = redrawn(many, 'ILM', (row) => row + 0.08 / axial)
    expect(found(scan, [off]).of('A')?.status).toBe('fail')
  })

  it('none at all: unknown, and nothing else is said', async () => {
    const { scan, view } = await made()
    const { criteria } = found(scan, [seen(view.roots, view.width, view.height, axial, view)])
    expect(criteria).toMatchObject([{ id: 'A', status: 'unknown', value: null, reason: 'Not measured: the file carries no layer lines.' }])
  })
})

describe.each(['ILM', 'BM'])('%s', (name) => {
  it('off its border over a part of the B-scan: that part', async () => {
    const { scan, view } = await made()
    for (const um of [80, 150, -80]) {
      const value = found(scan, [redrawn(view, name, (row, x) => (x >= 100 && x < 164 ? row + um / 1000 / axial : row))]).of('A')?.value
      expect(Math.abs((value ?? 0) - 75)).toBeLessThan(4)
    }
  })

  it('farther off is never better', async () => {
    const { scan, view } = await made()
    const values = [0, 20, 50, 80, 200].map((um) => found(scan, [redrawn(view, name, (row) => row + um / 1000 / axial)]).of('A')?.value ?? -1)
    expect(values).toEqual([...values].sort((a, b) => b - a))
    expect(values.at(-1)).toBe(0)
  })

  it('missing over a part of a ring', async () => {
    const { scan, view } = await made()
    const lacking = (percent: number) =>
      found(scan, [redrawn(view, name, (row, x) => (x >= 60 && x < 60 + 2.56 * percent ? Number.NaN : row))]).of('A.missing')
    expect([1, 5, 20].map((percent) => lacking(percent)?.status)).toEqual(['pass', 'warn', 'fail'])
    expect(Math.abs((lacking(20)?.value ?? 0) - 20)).toBeLessThan(0.5)
  })

  it('jumping up and down', async () => {
    const { scan, view } = await made()
    const result = found(scan, [redrawn(view, name, (row, x) => (x % 8 === 4 ? row + 40 / 1000 / axial : row))])
    expect(result.of('A.jump')).toMatchObject({ status: 'fail', reason: /jumps/ })
    expect(found(scan, [redrawn(view, name, (row, x) => (x % 8 === 4 ? row + 4 / 1000 / axial : row))]).of('A.jump')?.status).toBe('pass')
    expect(found(scan, [redrawn(view, name, (row, x) => (x < 128 ? row : row + 60 / 1000 / axial))]).of('A.jump')?.value).toBeCloseTo(0.39, 1)
  })
})

it('an ILM that wanders', async () => {
  const { scan, view } = await made({ pattern: 'line' })
  const random = randomFrom(4)
  let row = view.ilm[0] as number
  const wandering = redrawn(view, 'ILM', () => {
    row += 6 * (random() - 0.5) + 0.3
    return row
  })
  expect(found(scan, [wandering]).of('A')?.status).toBe('fail')
})

describe('the BM may end', () => {
  it('at one end of a line, not in a ring and not in the middle', async () => {
    const { scan, view } = await made({ pattern: 'line' })
    expect(found(scan, [redrawn(view, 'BM', (row, x) => (x >= 210 ? Number.NaN : row))]).of('A.missing')?.status).toBe('pass')
    expect(found(scan, [redrawn(view, 'BM', (row, x) => (x >= 100 && x < 146 ? Number.NaN : row))]).of('A.missing')?.status).toBe('fail')
    expect(found(scan, [redrawn(view, 'BM', () => Number.NaN)]).of('A.missing')).toMatchObject({ status: 'fail', value: 100 })
    const ring = await made()
    expect(found(ring.scan, [redrawn(ring.view, 'BM', (row, x) => (x >= 210 ? Number.NaN : row))]).of('A.missing')?.status).toBe('fail')
  })
})

it('a line that a format has no place for is not missing', async () => {
  const { scan, view } = await made()
  const without = { ...view, info: { ...view.info, layers: view.info.layers.filter(({ name }) => name !== 'BM') } }
  const frames = [without.info]
  expect(found({ ...scan, frames }, [without]).of('A.missing')?.status).toBe('fail')
  expect(found({ ...scan, format: 'heidelberg-xml', frames }, [without]).of('A.missing')?.status).toBe('pass')
  expect(found({ ...scan, format: 'heidelberg-xml', frames: [view.info, without.info] }, [view, without]).of('A.missing')).toMatchObject({
    value: 50,
  })
})

describe('crossing lines', () => {
  it('are counted for the outer ones and for those between, by their names', async () => {
    const { scan, view } = await made()
    const at = (percent: number) => (x: number) => x >= 30 && x < 30 + 2.56 * percent
    for (const [name, other, past] of [
      ['RNFL', 'ilm', -20],
      ['RNFL', 'bm', 20],
      ['ILM', 'bm', 20],
    ] as const) {
      const crossed = (percent: number) =>
        found(scan, [redrawn(view, name, (row, x) => (at(percent)(x) ? (view[other][x] as number) + past / 1000 / axial : row))]).of('A.crossing')
      expect([0, 2, 10].map((percent) => crossed(percent)?.status)).toEqual(['pass', 'warn', 'fail'])
      expect(Math.abs((crossed(10)?.value ?? 0) - 10)).toBeLessThan(0.6)
    }
  })

  it('but not where they touch, nor lines nobody can order', async () => {
    const { scan, view } = await made()
    expect(found(scan, [redrawn(view, 'RNFL', (_, x) => (view.ilm[x] as number) - 1)]).of('A.crossing')?.value).toBe(0)
    const odd = { ...view, info: { ...view.info, layers: [...view.info.layers, { name: 'VIT', rows: new Float32Array(width).fill(490) }] } }
    expect(found(scan, [odd]).of('A.crossing')?.value).toBe(0)
  })
})

it('what is not measured is unknown, not a pass', async () => {
  const { scan, view } = await made()
  const unseen = { ...view, found: { ilm: new Float32Array(width).fill(Number.NaN), bm: new Float32Array(width).fill(Number.NaN) } }
  expect(found(scan, [unseen]).of('A')).toMatchObject({ status: 'unknown', value: null, reason: /^Not measured:/ })
  expect(found({ ...scan, spacing: { lateral: 0, axial: 0, between: 0 } }, [view]).of('A')?.status).toBe('unknown')
  const lost = { ...view, states: new Uint8Array(width).fill(3) }
  expect(found(scan, [lost]).of('A.missing')).toMatchObject({ status: 'unknown', value: null })
})

it('stumbles over nothing', async () => {
  const { scan } = await made()
  for (const view of hostile()) for (const { value } of found(scan, [view]).criteria) expect(value === null || Number.isFinite(value)).toBe(true)
})

const real = process.env.SCANSIDE_TEST_DATA
if (real !== undefined)
  it.each(['ring-od.vol', 'line-od.vol'])('the lines of %s are in order', async (name) => {
    const { scan, views } = await opened(new Uint8Array(readFileSync(join(real ?? '', 'oct', name))))
    for (const { status } of found(scan, views).criteria) expect(status).toBe('pass')
  })
