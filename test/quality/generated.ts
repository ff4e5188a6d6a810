/** The generated scans a fault is done to, and the good ones: eyes of their own, each a little different from the next. */
import { bytesSource, readVol } from '../../oct/formats/vol.ts'
import { fileHeaderBytes } from '../../oct/formats/vol-layout.ts'
import { contentLayout } from '../../oct/formats/vol-write.ts'
import type { EarlierScan } from '../../oct/quality/examination.ts'
import type { JudgeOptions } from '../../oct/quality/judge.ts'
import { oscarIb2 } from '../../oct/quality/oscar-ib.ts'
import { parseProfile } from '../../oct/quality/profile.ts'
import type { SynthDetail } from '../../oct/synth/detail.ts'
import { type SynthOptions, synthesise } from '../../oct/synth/index.ts'
import { randomFrom } from '../../oct/synth/random.ts'
import { goodScans, type Kind } from './severities.ts'
import { valuesOf, writeIndex } from './vol-edit.ts'

/** A file and what the caller knows beside it. */
export interface Specimen {
  bytes: Uint8Array
  options: JudgeOptions
}

/** px */
const size = { width: 256, height: 496 }
const frames = 7

/** The default profile; of volumes it wants the seven B-scans they have. */
export const profileOfFaulty = parseProfile({
  name: 'generated-faults',
  title: 'Generated faults',
  protocols: oscarIb2.protocols.map((each) => (each.id === 'macula' ? { ...each, frames: { min: frames, max: frames } } : each)),
})

/** Everything about one good scan but its bytes. */
export interface Recipe {
  kind: Kind
  synth: SynthOptions & { detail: SynthDetail & { light: number; deeper: number; off: { x: number; y: number } } }
  /** dB; % of the light */
  index: number
  slo: number
}

/** The scan of a number: the same number is the same scan. Even numbers are right eyes. */
export function recipeOf(kind: Kind, seed: number): Recipe {
  const random = randomFrom(seed * 31 + 7)
  const within = ([low, high]: readonly [number, number]) => low + (high - low) * random()
  const tilt = within(goodScans.tilt)
  return {
    kind,
    synth: {
      pattern: kind === 'raster' ? 'volume' : kind,
      laterality: seed % 2 === 0 ? 'OD' : 'OS',
      seed,
      ...size,
      frames,
      detail: {
        light: within(goodScans.light),
        deeper: within(goodScans.level),
        off: polar(within(goodScans.off), 2 * Math.PI * random()),
        ...(kind === 'ring' ? {} : { tilt }),
        ...(kind === 'raster' ? { breadth: 1.68 } : {}),
      },
    },
    index: within(goodScans.index),
    slo: within(goodScans.slo),
  }
}

export const polar = (length: number, angle: number) => ({ x: length * Math.cos(angle), y: length * Math.sin(angle) })

let lastGood: { recipe: string; bytes: Uint8Array } | null = null

/** The good file of a recipe: made once for all faults that only change its values. */
function recordGood(recipe: Recipe): Uint8Array {
  const key = JSON.stringify(recipe)
  if (lastGood?.recipe !== key) lastGood = { recipe: key, bytes: generate(recipe, {}, {}) }
  return lastGood.bytes.slice()
}

/** The file of a recipe, with changes to what is generated. */
export function record(recipe: Recipe, detail: SynthDetail = {}, options: Partial<SynthOptions> = {}): Uint8Array {
  const isGood = Object.keys(detail).length + Object.keys(options).length === 0
  return isGood ? recordGood(recipe) : generate(recipe, detail, options)
}

function generate(recipe: Recipe, detail: SynthDetail, options: Partial<SynthOptions>): Uint8Array {
  const { synth, index, slo } = recipe
  const bytes = synthesise({ ...synth, ...options, detail: { ...synth.detail, ...detail } })
  const values = valuesOf(bytes)
  writeIndex(values, index)
  for (let i = 0; i < values.slo.length; i++) values.slo[i] = Math.min(255, ((values.slo[i] as number) * slo) / 100)
  return bytes
}

/** What is kept of an earlier recording of the same eye. */
export async function earlierOf(bytes: Uint8Array): Promise<EarlierScan> {
  const scan = await readVol(bytesSource(bytes))
  const location = scan.frames[0]?.location
  if (!scan.slo || location?.kind !== 'ring') throw new Error('follow-up is generated of rings alone')
  const { width, height, spacing } = scan.slo
  const at = contentLayout({ ...scan, frames: scan.frames.length, slo: scan.slo })
  return {
    pattern: scan.pattern,
    laterality: scan.laterality,
    width: scan.width,
    frames: scan.frames.length,
    spacing: scan.spacing,
    ringRadius: location.radius,
    centre: location.centre,
    slo: { width, height, spacing, pixels: bytes.slice(fileHeaderBytes, fileHeaderBytes + at.sloWidth * at.sloHeight) },
  }
}

/** A good scan as it comes from a visit: every second ring with its earlier recording, every third scan with the other eye. */
export async function goodScan(kind: Kind, seed: number): Promise<Specimen> {
  const recipe = recipeOf(kind, seed)
  const right = recipe.synth.laterality === 'OD'
  const earlier = kind === 'ring' && (seed >> 1) % 2 === 0 ? await earlierOf(record(recipe, {}, { take: 1 })) : undefined
  return {
    bytes: record(recipe),
    options: {
      ...(earlier ? { earlier } : {}),
      ...(seed % 3 === 0 ? { visit: [{ laterality: right ? 'OS' : 'OD', discSide: right ? 'left' : 'right' }] } : {}),
    },
  }
}
