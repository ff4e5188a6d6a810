/** O.blur: how far edges are smeared, on the SLO (vessels) and in the B-scans (the retina's surface), in um on the retina. */
import type { Criterion } from '../../results.ts'
import type { Examination, FrameView, MakeDetector, SloView } from '../examination.ts'
import { grade, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'
import { blurOf, edgesOf, type Picture, type Step, stepOf } from './sharpness.ts'
import { upperTenth } from './tenth.ts'

/** um: scales on which slopes are compared, on the SLO and along A-scans */
const sloScales = { fine: 25, coarse: 50 } as const
const depthScales = { fine: 4, coarse: 12 } as const
/** um: the SLO is measured on pixels of at least half this size; finer ones are joined */
const sloPixel = 25
/** um per px: coarser SLO pixels and coarser samples of an A-scan do not show whether an edge is sharp */
const coarsestSlo = 40
const coarsestSample = 6
/** Edges that stand out of the noise by less than this factor are not measured; own */
const leastSloClarity = 6
const leastStepClarity = 4
/** Neighbouring A-scans averaged along the surface before its step is measured */
const together = 16
/** um above and below the surface */
const reach = 75
const leastGroups = 4

export const focus: MakeDetector = (exam) => {
  const blurs: (number | null)[] = []
  return {
    frame: (view) => {
      const blur = surfaceBlur(view, exam.scan.spacing.axial * 1000)
      blurs.push(blur === null ? null : round(blur))
    },
    end: () => ({ criteria: [ofSlo(exam), ofSurfaces(exam, blurs)], series: [{ id: 'O.blur.bscan', unit: 'um', values: blurs }] }),
  }
}

function ofSlo(exam: Examination): Criterion {
  const { slo } = exam
  const um = slo ? Math.max(slo.spacing.x, slo.spacing.y) * 1000 : 0
  if (!slo) return judged(exam, 'O.blur', null, 'there is no SLO image')
  if (!(um > 0)) return judged(exam, 'O.blur', null, 'the scale of the SLO is not known')
  if (um > coarsestSlo) return judged(exam, 'O.blur', null, 'the SLO image is too coarse')
  const join = Math.max(1, Math.floor(sloPixel / um))
  const { blur, clarity } = edgesOf(joined(slo, join), sloScales.fine / (um * join), sloScales.coarse / (um * join))
  const value = clarity >= leastSloClarity && blur !== null ? round(blur * um * join) : null
  return judged(exam, 'O.blur', value, 'no vessels stand clear of the noise on the SLO')
}

function ofSurfaces(exam: Examination, blurs: readonly (number | null)[]): Criterion {
  const unseen = blurs.filter((each) => each === null).length
  if (unseen > blurs.length / 2 || unseen === blurs.length) {
    const coarse = exam.scan.spacing.axial * 1000 > coarsestSample
    return judged(
      exam,
      'O.blur.bscan',
      null,
      coarse ? 'the samples of an A-scan lie too far apart' : 'the surface of the retina does not stand clear of the noise',
    )
  }
  return judged(exam, 'O.blur.bscan', upperTenth(blurs), '')
}

const sentences = {
  'O.blur': {
    pass: 'The SLO image is sharp.',
    warn: 'The SLO image is not quite sharp',
    fail: 'The SLO image is blurred',
  },
  'O.blur.bscan': {
    pass: 'The surface of the retina is sharp.',
    warn: 'The surface of the retina is not quite sharp',
    fail: 'The surface of the retina is blurred',
  },
} as const

function judged({ profile, device, scan }: Examination, id: keyof typeof sentences, value: number | null, lacking: string): Criterion {
  const limit = limitOf(profile, id)
  const base = { id, unit: 'um', threshold: `<= ${limit.warn}`, evidence: 'own' as const }
  if (value === null) return { ...base, status: 'unknown', value, reason: `Not measured: ${lacking}.` }
  if (!device?.contrast) {
    return { ...base, threshold: '', status: 'unknown', value, reason: `Not judged: the profile knows no limit for this device (${scan.device}).` }
  }
  const status = grade(value, limit, 'low')
  const reason = status === 'pass' ? sentences[id].pass : `${sentences[id][status]}: its edges are smeared by ${value} um.`
  return { ...base, status, value, reason }
}

/** The SLO with `join` x `join` pixels made one. */
function joined({ width, height, pixels }: SloView, join: number): Picture {
  const columns = Math.floor(width / join)
  const rows = Math.floor(height / join)
  const values = new Float32Array(columns * rows)
  for (let row = 0; row < rows * join; row++) {
    const start = Math.floor(row / join) * columns
    for (let column = 0; column < columns * join; column++) {
      const at = start + Math.floor(column / join)
      values[at] = (values[at] as number) + (pixels[row * width + column] as number) / (join * join)
    }
  }
  return { width: columns, height: rows, values }
}

/** Blur of the ILM's step in um, over groups of neighbouring A-scans averaged along the line; null where too few show a clear step. */
function surfaceBlur({ roots, width, height, ilm, states }: FrameView, um: number): number | null {
  if (!(um > 0) || um > coarsestSample) return null
  const half = Math.ceil(reach / um)
  // Nothing of that size fits into the picture, however little a file says a sample is.
  if (2 * half >= height) return null
  const profile = new Float32Array(2 * half + 1)
  const steps: Step[] = []
  for (let from = 0; from + together <= width; from += together) {
    profile.fill(0)
    let count = 0
    for (let x = from; x < from + together; x++) {
      const top = Math.round(ilm[x] as number) - half
      if (states[x] !== 0 || !(top >= 0 && top + 2 * half < height)) continue
      count++
      for (let i = 0; i < profile.length; i++) profile[i] = (profile[i] as number) + (roots[(top + i) * width + x] as number)
    }
    if (count < together / 2) continue
    const step = stepOf(profile, depthScales.fine / um, depthScales.coarse / um)
    if (step && !Number.isNaN(step.fine)) steps.push(step)
  }
  if (steps.length < leastGroups) return null
  let upper = 0
  let lower = 0
  let noise = 0
  for (const { fine, coarse, noise: each } of steps) {
    upper += fine * coarse
    lower += coarse * coarse
    noise += each * each
  }
  if (!(lower > leastStepClarity ** 2 * noise)) return null
  const blur = blurOf(upper / lower, depthScales.fine / um, depthScales.coarse / um)
  return blur === null ? null : blur * um
}
