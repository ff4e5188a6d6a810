/** Light and sharpness made worse step by step: no criterion may get better, whatever else it does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bytesSource, readVol } from '../../formats/vol.ts'
import { blockOffset } from '../../formats/vol-layout.ts'
import type { Status } from '../../results.ts'
import { synthesise } from '../../synth/index.ts'
import { randomFrom } from '../../synth/random.ts'
import { judge } from '../judge.ts'

interface Planes {
  width: number
  height: number
  /** linear reflectivity of the first B-scan, and the SLO's grey */
  frame: Float32Array
  slo: Uint8Array
  sloWidth: number
}

/** A file's own pixels, to be changed in place. */
async function planes(bytes: Uint8Array): Promise<Planes> {
  const { width, height, slo } = await readVol(bytesSource(bytes))
  const sloWidth = slo?.width ?? 0
  const blockHeader = new DataView(bytes.buffer).getInt32(100, true)
  const at = blockOffset({ width, height, frames: 1, sloWidth, sloHeight: sloWidth, blockHeader }, 0) + blockHeader
  return {
    width,
    height,
    frame: new Float32Array(bytes.buffer, at, width * height),
    slo: new Uint8Array(bytes.buffer, 2048, sloWidth ** 2),
    sloWidth,
  }
}

/** Every grey of an SLO times a factor by its place across. */
function relit({ slo, sloWidth }: Planes, factor: (u: number) => number): void {
  for (const [i, grey] of slo.entries()) slo[i] = Math.min(255, grey * factor((i % sloWidth) / sloWidth))
}

function smeared(values: ArrayLike<number>, width: number, sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)))
  const total = weights.reduce((sum, each) => sum + each, 0)
  const pass = (from: ArrayLike<number>, step: number, length: number) =>
    Float32Array.from(from, (_, i) => {
      const place = Math.floor(i / step) % length
      let sum = 0
      for (let k = -reach; k <= reach; k++)
        sum += (weights[k + reach] as number) * (from[i + (Math.min(length - 1, Math.max(0, place + k)) - place) * step] as number)
      return sum / total
    })
  return pass(pass(values, 1, width), width, values.length / width)
}

const worse: { name: string; steps: number[]; criteria: string[]; clear: string[]; apply(to: Planes, step: number): void }[] = [
  {
    name: 'less light',
    steps: [1, 0.4, 0.15, 0.05, 0.02, 0.005],
    criteria: ['S.snr', 'S.cnr', 'B', 'I.bscan', 'O.blur.bscan'],
    clear: ['S.cnr'],
    apply: ({ frame }, step) => {
      const random = randomFrom(9)
      frame.forEach((value, i) => {
        frame[i] = Math.max(0, step * value + (step < 1 ? 2e-4 * (-Math.log(1 - random()) - 0.5) : 0))
      })
    },
  },
  {
    name: 'light from one side',
    steps: [1, 0.5, 0.2, 0.06, 0.02],
    criteria: ['B', 'I.bscan', 'S.cnr'],
    clear: ['B', 'I.bscan'],
    apply: ({ frame, width }, step) => {
      const random = randomFrom(9)
      frame.forEach((value, i) => {
        const light = step + (1 - step) * ((i % width) / width) ** 2
        frame[i] = Math.max(0, light * value + (1 - light) * 1e-4 * -Math.log(1 - random()))
      })
    },
  },
  {
    name: 'a smeared B-scan',
    steps: [0, 1, 2, 3, 5],
    criteria: ['O.blur.bscan'],
    clear: ['O.blur.bscan'],
    apply: ({ frame, width }, step) => {
      if (step > 0)
        frame.set(
          smeared(
            frame.map((value) => value ** 0.25),
            width,
            step,
          ).map((root) => root ** 4),
        )
    },
  },
  {
    name: 'a smeared SLO',
    steps: [0, 25, 50, 80, 120],
    criteria: ['O.blur'],
    clear: ['O.blur'],
    apply: ({ slo, sloWidth }, step) => {
      if (step > 0) slo.set(smeared(slo, sloWidth, (step / 9000) * sloWidth))
    },
  },
  {
    name: 'an SLO lit from one side',
    steps: [1, 0.7, 0.4, 0.2, 0.05],
    criteria: ['I', 'I.vignette', 'I.dark'],
    clear: ['I', 'I.vignette'],
    apply: (to, step) => relit(to, (u) => step + (1 - step) * u),
  },
  {
    name: 'an overexposed SLO',
    steps: [1, 1.3, 1.7, 2.5],
    criteria: ['I.saturated'],
    clear: ['I.saturated'],
    apply: (to, step) => relit(to, () => step),
  },
  {
    name: 'a dark SLO',
    steps: [1, 0.5, 0.25, 0.12, 0.05],
    criteria: ['I.dark'],
    clear: ['I.dark'],
    apply: (to, step) => relit(to, () => step),
  },
]

const order: Record<Exclude<Status, 'unknown'>, number> = { pass: 0, warn: 1, fail: 2 }
const real = process.env.SCANSIDE_TEST_DATA
const scans: [string, () => Uint8Array][] = [
  ['a generated line', () => synthesise({ pattern: 'line', laterality: 'OS', seed: 31, width: 384 })],
  ['a generated ring', () => synthesise({ pattern: 'ring', laterality: 'OD', seed: 32, width: 384 })],
  ...(real === undefined ? [] : ['ring-od.vol', 'line-od.vol']).map((name): [string, () => Uint8Array] => [
    name,
    () => new Uint8Array(readFileSync(join(real ?? '', 'oct', name))),
  ]),
]

describe.each(scans)('%s', (_, make) => {
  it.each(worse)('with $name', async ({ steps, criteria, clear, apply }) => {
    const statuses = new Map<string, Status[]>()
    const untouched = make()
    for (const step of steps) {
      const bytes = untouched.slice()
      apply(await planes(bytes), step)
      const result = await judge([{ name: '', source: bytesSource(bytes) }])
      for (const id of criteria) statuses.set(id, [...(statuses.get(id) ?? []), result.criteria.find((each) => each.id === id)?.status ?? 'unknown'])
    }
    for (const [id, seen] of statuses) {
      expect(seen[0], id).toBe('pass')
      const known = seen.filter((each) => each !== 'unknown').map((each) => order[each])
      expect(known, `${id}: ${seen.join(' ')}`).toEqual([...known].sort((a, b) => a - b))
    }
    for (const id of clear) expect(statuses.get(id)?.at(-1), id).toBe('fail')
  })
})
