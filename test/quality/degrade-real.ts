/**
 * The second degrader: pictures, lines and SLO of whole scans of any origin, without the synthesiser. It works on what is shown (fourth roots,
 * grey values) and does each thing in another way than the first: other fall-offs, other kernels, several stretches instead of one.
 */
import type { EarlierScan } from '../../oct/quality/examination.ts'
import type { JudgeOptions } from '../../oct/quality/judge.ts'
import { randomFrom } from '../../oct/synth/random.ts'
import type { RealFaultName } from './options.ts'
import { copyOf, type RecordedFrame, type Recording, written } from './recording.ts'
import { type Fault, faults, type Severity } from './severities.ts'

type Random = () => number
type Change = (recording: Recording, amount: number, random: Random) => JudgeOptions | undefined

const sign = (random: Random) => (random() < 0.5 ? -1 : 1)
const lineOf = (frame: RecordedFrame, name: string) => frame.layers.find((layer) => layer.name === name)?.rows ?? new Float32Array(0)

/** Noise as the scan itself has it, drawn from above its retina. */
function noiseOf({ scan: { width } }: Recording, frame: RecordedFrame, random: Random): () => number {
  const top = Math.min(...[...lineOf(frame, 'ILM')].filter((row) => row >= 0))
  const rows = Math.max(8, Math.floor(Number.isFinite(top) ? top - 30 : 60))
  return () => frame.roots[Math.floor(random() * rows * width)] as number
}

/** Every frame drawn anew: what stands at (x, row) comes from there. Rows from outside are noise. */
function redraw(recording: Recording, random: Random, rowAt: (x: number, row: number) => number): void {
  const { width, height } = recording.scan
  for (const frame of recording.frames) {
    const noise = noiseOf(recording, frame, random)
    const old = frame.roots.slice()
    const drawn = new Float32Array(old.length)
    for (let row = 0; row < height; row++)
      for (let x = 0; x < width; x++) {
        const from = Math.round(rowAt(x, row))
        drawn[row * width + x] = from >= 0 && from < height ? (old[from * width + x] as number) : noise()
      }
    frame.roots.set(drawn)
  }
}

/** The lines moved by rows that depend on the A-scan; what leaves the picture is gone. */
function moveLines({ frames, scan: { height } }: Recording, by: (x: number) => number): void {
  for (const { layers } of frames)
    for (const { rows } of layers)
      for (let x = 0; x < rows.length; x++) {
        const row = (rows[x] as number) + by(x)
        rows[x] = row >= 0 && row <= height - 1 ? row : Number.NaN
      }
}

function moveDeeper(recording: Recording, rows: number, random: Random): undefined {
  redraw(recording, random, (_, row) => row - rows)
  moveLines(recording, () => rows)
}

function rowsOf({ frames }: Recording, name: string): number[] {
  return frames
    .flatMap((frame) => [...lineOf(frame, name)])
    .filter((row) => !Number.isNaN(row))
    .sort((a, b) => a - b)
}
const quantile = (sorted: number[], percent: number) => sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0

/** Which A-scans make up so many percent: three stretches, none upon another. */
function places(width: number, percent: number, random: Random): boolean[] {
  const chosen = new Array<boolean>(width).fill(false)
  const third = Math.floor(width / 3)
  const length = Math.max(1, Math.round((width * percent) / 300))
  for (let part = 0; part < 3; part++) chosen.fill(true, ...span(part * third + Math.floor(random() * (third - length + 1)), length))
  return chosen
}
const span = (from: number, length: number): [number, number] => [from, from + length]

/** Three running means, which come close to a bell. `sigma` in px. */
function soften(values: Float32Array | Uint8Array, width: number, height: number, along: 'x' | 'y', sigma: number): void {
  const side = Math.max(1, Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2))
  const [length, lines, step, next] = along === 'x' ? [width, height, 1, width] : [height, width, width, 1]
  for (let line = 0; line < lines; line++) {
    let from = Float32Array.from({ length }, (_, i) => values[line * next + i * step] as number)
    for (let pass = 0; pass < 3; pass++)
      from = from.map((_, i) => {
        let sum = 0
        let count = 0
        for (let at = Math.max(0, i - side); at <= Math.min(length - 1, i + side); at++) {
          const value = from[at] as number
          if (Number.isNaN(value)) continue
          sum += value
          count++
        }
        return count > 0 ? sum / count : Number.NaN
      })
    for (let i = 0; i < length; i++) values[line * next + i * step] = from[i] as number
  }
}

/** The SLO's grey times a factor by place, -1..1 from the middle to the edges. */
function light({ slo: { width, height, pixels } }: Recording, factor: (u: number, v: number) => number): undefined {
  for (let i = 0; i < pixels.length; i++) {
    const u = (2 * (i % width)) / width - 1
    const v = (2 * Math.floor(i / width)) / height - 1
    pixels[i] = Math.min(255, Math.round((pixels[i] as number) * factor(u, v)))
  }
}

/** Light lost in A-scans, `decibels` (10 log10) in each; the noise stays. */
function darken(recording: Recording, random: Random, decibels: (x: number) => number): undefined {
  const { width } = recording.scan
  for (const frame of recording.frames) {
    const noise = noiseOf(recording, { ...frame, roots: frame.roots.slice() }, random)
    for (let i = 0; i < frame.roots.length; i++) {
      const factor = 10 ** (-decibels(i % width) / 10)
      if (factor < 1) frame.roots[i] = (factor * (frame.roots[i] as number) ** 4 + (1 - factor) * noise() ** 4) ** 0.25
    }
  }
}

const eachLine =
  (change: (rows: Float32Array, amount: number, recording: Recording, random: Random) => void): Change =>
  (recording, amount, random) => {
    const name = random() < 0.5 ? 'ILM' : 'BM'
    for (const frame of recording.frames) change(lineOf(frame, name), amount, recording, random)
    return undefined
  }

/** The ring's place on the SLO moved, its picture not. */
function moveRing(recording: Recording, mm: number, random: Random): void {
  const angle = 2 * Math.PI * random()
  const by = { x: mm * Math.cos(angle), y: mm * Math.sin(angle) }
  for (const frame of recording.frames) {
    const { location } = frame
    if (location.kind !== 'ring') continue
    const moved = (at: { x: number; y: number }) => ({ x: at.x + by.x, y: at.y + by.y })
    frame.location = { ...location, start: moved(location.start), centre: moved(location.centre) }
  }
}

function asEarlier({ scan, slo }: Recording): EarlierScan {
  const location = scan.frames[0]?.location
  if (location?.kind !== 'ring') throw new Error('follow-up is tried on rings alone')
  const half = { width: slo.width >> 1, height: slo.height >> 1 }
  const pixels = Uint8Array.from({ length: half.width * half.height }, (_, i) => {
    const at = 2 * Math.floor(i / half.width) * slo.width + 2 * (i % half.width)
    return (
      ((slo.pixels[at] as number) +
        (slo.pixels[at + 1] as number) +
        (slo.pixels[at + slo.width] as number) +
        (slo.pixels[at + slo.width + 1] as number)) /
      4
    )
  })
  return {
    pattern: scan.pattern,
    laterality: scan.laterality,
    width: scan.width,
    frames: scan.frames.length,
    spacing: scan.spacing,
    ...(scan.resolution ? { resolution: scan.resolution } : {}),
    ringRadius: location.radius,
    centre: location.centre,
    slo: { ...half, spacing: { x: 2 * slo.spacing.x, y: 2 * slo.spacing.y }, pixels },
  }
}

const changes: Record<RealFaultName, Change> = {
  light: (recording, loss, random) => darken(recording, random, () => loss),
  index: ({ frames }, decibels) => {
    for (const frame of frames) frame.quality = decibels
    return undefined
  },
  'cut-upper': (recording, percent, random) => moveDeeper(recording, -Math.ceil(quantile(rowsOf(recording, 'ILM'), percent)), random),
  'cut-lower': (recording, percent, random) =>
    moveDeeper(recording, recording.scan.height - 1 - Math.floor(quantile(rowsOf(recording, 'BM'), 100 - percent)), random),
  missing: ({ frames, scan: { width } }, percent, random) => {
    const gone = places(width, percent, random)
    for (const { roots, layers } of frames) {
      for (let i = 0; i < roots.length; i++) if (gone[i % width]) roots[i] = Number.NaN
      for (const { rows } of layers) for (let x = 0; x < width; x++) if (gone[x]) rows[x] = Number.NaN
    }
    return undefined
  },
  folded: (recording, percent, random) => {
    const { width, height } = recording.scan
    const up = Math.ceil(quantile(rowsOf(recording, 'ILM'), percent))
    const before = copyOf(recording)
    redraw(recording, random, (_, row) => row + up)
    for (const [index, frame] of recording.frames.entries()) {
      const old = (before.frames[index] as RecordedFrame).roots
      for (let row = 0; row < Math.min(up, height); row++)
        for (let x = 0; x < width; x++) {
          const at = row * width + x
          frame.roots[at] = Math.max(frame.roots[at] as number, old[(up - 1 - row) * width + x] as number)
        }
      for (const { rows } of frame.layers) for (let x = 0; x < width; x++) rows[x] = Math.abs((rows[x] as number) - up)
    }
    return undefined
  },
  'ring-off': (recording, mm, random) => {
    moveRing(recording, mm, random)
    return undefined
  },
  'slo-vignette': (recording, left) => light(recording, (u, v) => (left / 100) ** ((u * u + v * v) / 2)),
  'slo-side': (recording, left, random) => {
    const turn = 2 * Math.PI * random()
    return light(recording, (u, v) => (left / 100) ** (0.5 + 0.5 * Math.max(-1, Math.min(1, u * Math.cos(turn) + v * Math.sin(turn)))))
  },
  'slo-saturated': ({ slo }, percent) => {
    const brighter = 255 - (slo.pixels.slice().sort()[Math.floor(slo.pixels.length * (1 - percent / 100))] as number)
    for (let i = 0; i < slo.pixels.length; i++) slo.pixels[i] = Math.min(255, (slo.pixels[i] as number) + brighter)
    return undefined
  },
  'slo-dark': (recording, left) => light(recording, () => left / 100),
  shading: (recording, loss, random) => {
    const { width } = recording.scan
    const middle = width * (1 / 6 + (2 / 3) * random())
    return darken(recording, random, (x) => loss / (1 + Math.exp((Math.abs(x - middle) - width / 6) / (0.01 * width))))
  },
  tilt: (recording, degrees, random) => {
    const { width, height, spacing } = recording.scan
    const slope = (sign(random) * Math.tan((degrees * Math.PI) / 180) * spacing.lateral) / spacing.axial
    // The middle of the retina into the middle of the picture: a tilt alone.
    const middle = height / 2 - (quantile(rowsOf(recording, 'ILM'), 50) + quantile(rowsOf(recording, 'BM'), 50)) / 2
    const by = (x: number) => middle + slope * (x - width / 2)
    redraw(recording, random, (x, row) => row - by(x))
    moveLines(recording, by)
    return undefined
  },
  defocus: (recording, sigma) => {
    const { scan, slo, frames } = recording
    for (const { roots } of frames) soften(roots, scan.width, scan.height, 'x', sigma / 1000 / scan.spacing.lateral)
    for (const along of ['x', 'y'] as const) soften(slo.pixels, slo.width, slo.height, along, sigma / 1000 / slo.spacing[along])
    return undefined
  },
  smear: ({ scan, frames }, sigma) => {
    for (const { roots } of frames) soften(roots, scan.width, scan.height, 'y', sigma / 1000 / scan.spacing.axial)
    return undefined
  },
  'line-off': eachLine((rows, um, { scan }, random) => {
    const length = Math.round(0.4 * rows.length)
    const from = Math.floor(random() * (rows.length - length))
    const off = (sign(random) * um) / 1000 / scan.spacing.axial
    for (let i = 0; i < length; i++) {
      const soft = Math.min(1, 0.5 - 0.5 * Math.cos((Math.PI * Math.min(i + 1, length - i)) / 12))
      rows[from + i] = Math.min(scan.height - 1, Math.max(0, (rows[from + i] as number) + (Math.min(i, length - i) < 12 ? soft : 1) * off))
    }
  }),
  'line-missing': eachLine((rows, percent, _, random) => {
    for (const [x, gone] of places(rows.length, percent, random).entries()) if (gone) rows[x] = Number.NaN
  }),
  'line-crossing': ({ frames, scan }, percent, random) => {
    const rows = 0.02 / scan.spacing.axial
    const pair = random() < 0.5 ? 0 : 1
    const places = random()
    for (const frame of frames) {
      // Only lines that are drawn can cross: scans without RNFL have ILM and BM alone.
      const lines = ['ILM', 'RNFL', 'BM'].map((name) => lineOf(frame, name)).filter((line) => line.some((row) => !Number.isNaN(row)))
      const upper = Math.min(pair, lines.length - 2)
      const [above, below] = [lines[upper] as Float32Array, lines[upper + 1] as Float32Array]
      const both = [...above.keys()].filter((x) => !Number.isNaN(above[x]) && !Number.isNaN(below[x]))
      const count = Math.round((scan.width * percent) / 100)
      const from = Math.floor(places * (both.length - count))
      for (const x of both.slice(from, from + count)) below[x] = (above[x] as number) - rows
    }
    return undefined
  },
  'line-jagged': eachLine((rows, um, { scan }, random) => {
    for (let x = 0; x < rows.length; x++) {
      const jumps = random() < 1 / 8
      const up = sign(random)
      if (jumps) rows[x] = Math.max(0, (rows[x] as number) + (up * um) / 1000 / scan.spacing.axial)
    }
  }),
  'wrong-eye': (recording) => {
    recording.laterality = recording.laterality === 'OD' ? 'OS' : 'OD'
    return undefined
  },
  'follow-up-off': (recording, mm, random) => {
    const earlier = asEarlier(recording)
    moveRing(recording, mm, random)
    return { earlier }
  },
  'follow-up-size': (recording, mm, random) => {
    const earlier = asEarlier(recording)
    return { earlier: { ...earlier, ringRadius: (earlier.ringRadius ?? 0) + sign(random) * mm } }
  },
}

/** Faults that can be made of a scan of this pattern. */
export function realFaults(pattern: string): RealFaultName[] {
  return (Object.keys(changes) as RealFaultName[]).filter((name) => (faults[name].kinds as readonly string[]).includes(pattern))
}

/** A scan with a fault; `seed` chooses its place and direction, the same for every severity. */
export function degradedReal(good: Recording, name: RealFaultName, severity: Severity, seed: number): { bytes: Uint8Array; options: JudgeOptions } {
  const amount = (faults[name] as Fault)[severity]
  if (amount === undefined) throw new Error(`${name} has no degrees`)
  const recording = copyOf(good)
  const options = changes[name](recording, amount, randomFrom(seed * 613 + Object.keys(faults).indexOf(name)))
  return { bytes: written(recording), options: options ?? {} }
}
