/** The first degrader: faults made where the scan is generated, or in the values of the generated file. */
import { absent } from '../../oct/formats/vol-layout.ts'
import { randomFrom } from '../../oct/synth/random.ts'
import { earlierOf, polar, profileOfFaulty, type Recipe, recipeOf, record, type Specimen } from './generated.ts'
import { type Fault, type FaultName, faults, type Kind, type Severity } from './severities.ts'
import { type BlockValues, blur, type VolValues, valuesOf, writeEye, writeIndex } from './vol-edit.ts'

/** A scan with a fault, of the given amount. `random` chooses place and direction: the same for every amount of the same scan. */
type Degrade = (recipe: Recipe, amount: number, random: () => number) => Uint8Array | Promise<Specimen>

const sign = (random: () => number) => (random() < 0.5 ? -1 : 1)

/** The good file with its values changed. */
const changed =
  (change: (values: VolValues, amount: number, random: () => number) => void): Degrade =>
  (recipe, amount, random) => {
    const values = valuesOf(record(recipe))
    change(values, amount, random)
    return values.bytes
  }

/** A stretch of `percent` of the A-scans, at least one, somewhere. */
function stretch({ layout: { width } }: VolValues, percent: number, random: () => number): { from: number; to: number } {
  const length = Math.max(1, Math.round((width * percent) / 100))
  const from = Math.floor(random() * (width - length + 1))
  return { from, to: from + length }
}

/** Row that `percent` of the A-scans have their line above. */
function rowBelow(values: VolValues, line: 'ILM' | 'BM', percent: number): number {
  const rows = values.frames.flatMap((frame) => [...frame.rows[line]]).filter((row) => row < absent)
  rows.sort((a, b) => a - b)
  return rows[Math.min(rows.length - 1, Math.floor((rows.length * percent) / 100))] ?? 0
}

/** The scan with the retina moved in depth until `line` is beyond the edge in so many A-scans. */
const cut =
  (line: 'ILM' | 'BM'): Degrade =>
  (recipe, percent) => {
    const values = valuesOf(record(recipe))
    const rows = line === 'ILM' ? -rowBelow(values, line, percent) : values.layout.height - 1 - rowBelow(values, line, 100 - percent)
    return record(recipe, { deeper: recipe.synth.detail.deeper + rows * values.spacing.axial })
  }

/** What lies above the upper edge is seen below it, upside down. */
const fold = changed((values, percent) => {
  const { width, height } = values.layout
  const up = Math.ceil(rowBelow(values, 'ILM', percent))
  for (const { rows, pixels } of values.frames) {
    const old = pixels.slice()
    const at = (row: number, x: number) => old[(row < height ? row : 2 * height - 1 - row) * width + x] as number
    for (let row = 0; row < height; row++)
      for (let x = 0; x < width; x++) pixels[row * width + x] = Math.min(1, at(row + up, x) + (row < up ? at(up - 1 - row, x) : 0))
    for (const line of Object.values(rows))
      for (let x = 0; x < width; x++) if ((line[x] as number) < absent) line[x] = Math.abs((line[x] as number) - up)
  }
})

/** Noise as it lies above the retina of the same B-scan; without lines. */
function blank({ rows, pixels }: BlockValues, width: number, random: () => number): void {
  const vitreous = pixels.slice(0, 60 * width)
  for (let i = 0; i < pixels.length; i++) pixels[i] = vitreous[Math.floor(random() * vitreous.length)] as number
  for (const line of Object.values(rows)) line.fill(absent)
}

/** Grey of the SLO times a factor by place: -1..1 from the middle to the edges. */
const sloLight = (light: (u: number, v: number, part: number, turn: number) => number) =>
  changed(({ slo, layout: { sloWidth, sloHeight } }, percent, random) => {
    const turn = 2 * Math.PI * random()
    for (let y = 0; y < sloHeight; y++)
      for (let x = 0; x < sloWidth; x++)
        slo[y * sloWidth + x] = (slo[y * sloWidth + x] as number) * light((2 * x) / sloWidth - 1, (2 * y) / sloHeight - 1, percent / 100, turn)
  })

const oneLine = (change: (rows: Float32Array, values: VolValues, amount: number, random: () => number) => void) =>
  changed((values, amount, random) => {
    const name = random() < 0.5 ? 'ILM' : 'BM'
    const seed = Math.floor(random() * 1e6)
    // The same place in every B-scan.
    for (const { rows } of values.frames) change(rows[name], values, amount, randomFrom(seed))
  })

const earlierVisit =
  (later: (recipe: Recipe, amount: number, random: () => number) => Uint8Array): Degrade =>
  async (recipe, amount, random) => ({
    bytes: later(recipe, amount, random),
    options: { earlier: await earlierOf(record(recipe, {}, { take: 1 })) },
  })

const degraders: Record<FaultName, Degrade> = {
  light: (recipe, loss) => record(recipe, { light: recipe.synth.detail.light - loss }),
  index: changed((values, decibels) => writeIndex(values, decibels)),
  'cut-upper': cut('ILM'),
  'cut-lower': cut('BM'),
  missing: changed((values, percent, random) => {
    const { from, to } = stretch(values, percent, random)
    const { width, height } = values.layout
    for (const { rows, pixels } of values.frames) {
      for (const line of Object.values(rows)) line.fill(absent, from, to)
      for (let row = 0; row < height; row++) pixels.fill(absent, row * width + from, row * width + to)
    }
  }),
  folded: fold,
  blank: changed((values, count, random) => {
    const first = Math.floor(random() * values.frames.length)
    // Two apart: blinks, not one long one. Seven is odd, so that no B-scan is met twice.
    for (let i = 0; i < count; i++) blank(values.frames[(first + 2 * i) % values.frames.length] as BlockValues, values.layout.width, random)
  }),
  'jump-depth': (recipe, mm, random) => record(recipe, { jump: { from: 2 + Math.floor(4 * random()), deeper: sign(random) * mm, along: 0 } }),
  'jump-along': (recipe, mm, random) => record(recipe, { jump: { from: 2 + Math.floor(4 * random()), deeper: 0, along: sign(random) * mm } }),
  'ring-off': (recipe, mm, random) => record(recipe, { off: polar(mm, 2 * Math.PI * random()) }),
  'macula-off': (recipe, mm, random) => record(recipe, { off: polar(mm, 2 * Math.PI * random()) }),
  'slo-vignette': sloLight((u, v, left) => 1 - (1 - left) * ((u * u + v * v) / 2)),
  'slo-side': sloLight((u, v, left, turn) => left + (1 - left) * (0.5 + 0.5 * Math.max(-1, Math.min(1, u * Math.cos(turn) + v * Math.sin(turn))))),
  'slo-saturated': changed(({ slo }, percent) => {
    const white = slo.slice().sort()[Math.floor(slo.length * (1 - percent / 100))] as number
    for (let i = 0; i < slo.length; i++) slo[i] = Math.min(255, Math.ceil(((slo[i] as number) * 255) / white))
  }),
  'slo-dark': sloLight((_u, _v, left) => left),
  shading: (recipe, loss, random) => {
    const from = (random() * 2) / 3
    return record(recipe, { shade: { from, to: from + 1 / 3, light: -loss } })
  },
  'onl-sides': (recipe, decibels, random) => record(recipe, { onlSides: sign(random) * decibels }),
  tilt: (recipe, degrees, random) => record(recipe, { tilt: sign(random) * degrees }),
  defocus: changed((values, sigma) => {
    const { width, height, sloWidth, sloHeight } = values.layout
    for (const { pixels } of values.frames) blur(pixels, width, height, 'x', sigma / 1000 / values.spacing.lateral)
    for (const along of ['x', 'y'] as const) blur(values.slo, sloWidth, sloHeight, along, sigma / 1000 / values.spacing.slo)
  }),
  smear: changed((values, sigma) => {
    const { width, height } = values.layout
    for (const { pixels } of values.frames) blur(pixels, width, height, 'y', sigma / 1000 / values.spacing.axial)
  }),
  radius: (recipe, mm) => record(recipe, {}, { ringRadius: 2.4 + mm }),
  frames: (recipe, lacking) => record(recipe, {}, { frames: 7 - lacking }),
  'line-off': oneLine((rows, values, um, random) => {
    const { from, to } = stretch(values, 40, random)
    const off = (sign(random) * um) / 1000 / values.spacing.axial
    for (let x = from; x < to; x++) {
      const part = Math.min(1, (x - from + 1) / 8, (to - x) / 8)
      if ((rows[x] as number) < absent) rows[x] = Math.min(values.layout.height - 1, Math.max(0, (rows[x] as number) + part * off))
    }
  }),
  'line-missing': oneLine((rows, values, percent, random) => {
    const { from, to } = stretch(values, percent, random)
    rows.fill(absent, from, to)
  }),
  'line-crossing': changed((values, percent, random) => {
    const [upper, lower] = random() < 0.5 ? (['ILM', 'RNFL'] as const) : (['RNFL', 'BM'] as const)
    const { from, to } = stretch(values, percent, random)
    const rows = 0.02 / values.spacing.axial
    for (const frame of values.frames) for (let x = from; x < to; x++) frame.rows[lower][x] = (frame.rows[upper][x] as number) - rows
  }),
  'line-jagged': oneLine((rows, values, um, random) => {
    const high = um / 1000 / values.spacing.axial
    for (let x = Math.floor(8 * random()); x < rows.length; x += 8) rows[x] = Math.max(0, (rows[x] as number) + sign(random) * high)
  }),
  'wrong-eye': (recipe) => {
    const values = valuesOf(record(recipe))
    writeEye(values, recipe.synth.laterality === 'OD' ? 'OS' : 'OD')
    return values.bytes
  },
  'pair-eye': async (recipe) => {
    const right = recipe.synth.laterality === 'OD'
    return { bytes: record(recipe), options: { visit: [{ laterality: right ? 'OS' : 'OD', discSide: right ? 'right' : 'left' }] } }
  },
  'follow-up-off': earlierVisit((recipe, mm, random) => {
    const { x, y } = polar(mm, 2 * Math.PI * random())
    const { off } = recipe.synth.detail
    return record(recipe, { off: { x: off.x + x, y: off.y + y } })
  }),
  'follow-up-size': earlierVisit((recipe, mm) => record(recipe, {}, { ringRadius: 1.8 + mm })),
}

/** A generated scan with a fault; the same number, kind and fault differ by severity alone. */
export async function degraded(name: FaultName, severity: Severity, kind: Kind, seed: number): Promise<Specimen> {
  const amount = (faults[name] as Fault)[severity]
  if (amount === undefined) throw new Error(`${name} has no degrees`)
  const number = Object.keys(faults).indexOf(name)
  const made = await degraders[name](recipeOf(kind, seed), amount, randomFrom(seed * 1_009 + number))
  return made instanceof Uint8Array
    ? { bytes: made, options: { profile: profileOfFaulty } }
    : { ...made, options: { profile: profileOfFaulty, ...made.options } }
}
