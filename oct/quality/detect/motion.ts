/** Motion and blinks between the B-scans of a volume. No agreed threshold is published; these are our own. */
import type { Criterion } from '../../results.ts'
import { aScanStates, type FrameView, type MakeDetector } from '../examination.ts'
import { grade, median, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'
import { alongShift, type Profiles, profilesOf } from './motion-shift.ts'

/** Share of A-scans without signal from which on a B-scan is blank. */
const blankShare = 0.9
/** Share of the volume's median contrast below which a B-scan was taken through a closing lid. */
const dimShare = 0.25
/** Where the whole volume stands out by less, that says nothing. */
const leastContrast = 0.05
/** Steps to each side whose median is the trend. */
const trend = 2
const signalMissing = aScanStates.indexOf('signal-missing')

/** What is kept of a B-scan. */
interface Kept {
  index: number
  blank: boolean
  /** Mean brightness of the retina less that of the vitreous; null where no lines are. */
  contrast: number | null
  profiles: Profiles
}

export const motion: MakeDetector = ({ profile, scan }) => {
  // One B-scan alone has nothing to move against; a blank one is a matter of completeness.
  if (scan.frames.length < 2) return { end: () => ({ criteria: [] }) }
  const isVolume = scan.pattern === 'volume' || scan.pattern === 'fast-volume'
  const { lateral } = scan.spacing
  const axial = Number.isFinite(scan.spacing.axial) ? scan.spacing.axial : 0
  const kept: Kept[] = []

  const blankFrames = (): Criterion => {
    const limit = limitOf(profile, 'motion.blank')
    const usual = median(kept.flatMap(({ contrast }) => (contrast === null ? [] : [contrast]))) ?? 0
    const value = kept.filter(({ blank, contrast }) => blank || (contrast !== null && usual >= leastContrast && contrast < dimShare * usual)).length
    const status = grade(value, limit, 'low')
    const reason = value === 0 ? 'No B-scan is blank.' : `${value} of ${kept.length} B-scans are blank, as by a blink.`
    return { id: 'motion.blank', status, value, unit: '', threshold: `<= ${limit.warn}`, evidence: 'own', reason }
  }
  const jumps = (): { criterion: Criterion; values: (number | null)[] } => {
    const limit = limitOf(profile, 'motion')
    const base = { id: 'motion', unit: 'mm', threshold: `<= ${limit.warn}`, evidence: 'own' as const }
    const values = axial > 0 ? jumpsBetween(kept, axial, lateral) : kept.map(() => null)
    const known = values.filter((each) => each !== null)
    if (known.length < Math.max(1, (kept.length - 1) / 2)) {
      const reason = axial > 0 ? 'Not measured: too few neighbouring B-scans show the BM.' : 'Not measured: the file does not say its scale in depth.'
      return { criterion: { ...base, status: 'unknown', value: null, reason }, values }
    }
    const value = Math.max(...known)
    const at = kept[values.indexOf(value)]?.index ?? 0
    const status = grade(value, limit, 'low')
    const reason =
      status === 'pass'
        ? 'Neighbouring B-scans fit together.'
        : `The eye moved: B-scan ${at + 1} lies ${value} mm off the one before, beyond their trend.`
    return { criterion: { ...base, status, value, reason }, values }
  }
  return {
    frame: (view) => kept.push(keep(view, lateral)),
    end: () => {
      if (!isVolume) return { criteria: [blankFrames()] }
      const { criterion, values } = jumps()
      return { criteria: [criterion, blankFrames()], series: [{ id: 'motion', unit: 'mm', values }] }
    },
  }
}

function keep(view: FrameView, lateral: number): Kept {
  const { states, width, info } = view
  const lost = states.filter((state) => state === signalMissing).length
  return { index: info.index, blank: lost >= blankShare * width, contrast: contrastOf(view), profiles: profilesOf(view, lateral) }
}

/** A-scans looked at for a B-scan's contrast. */
const sampled = 96
/** px above the ILM that are left out, and that are looked at. */
const gap = 8
const above = 40

function contrastOf({ roots, width, ilm, bm }: FrameView): number | null {
  let inside = 0
  let insides = 0
  let outside = 0
  let outsides = 0
  const step = Math.max(1, Math.floor(width / sampled))
  for (let x = 0; x < width; x += step) {
    const top = ilm[x] as number
    const bottom = bm[x] as number
    if (!(bottom > top)) continue
    for (let row = Math.max(0, Math.floor(top) - gap - above); row < Math.floor(bottom); row++) {
      const value = roots[row * width + x] as number
      if (Number.isNaN(value)) continue
      if (row >= top) {
        inside += value
        insides++
      } else if (row < top - gap) {
        outside += value
        outsides++
      }
    }
  }
  return insides > 0 && outsides > 0 ? inside / insides - outside / outsides : null
}

/** mm by which each B-scan lies off the one before, beyond the trend of its neighbours; null for the first and where it cannot be said. */
function jumpsBetween(kept: readonly Kept[], axial: number, lateral: number): (number | null)[] {
  const steps = kept.map((each, i) => {
    const before = kept[i - 1]
    if (!before || before.blank || each.blank) return null
    const deeper = depthStep(before.profiles.bm, each.profiles.bm)
    if (deeper === null) return null
    return { deeper: deeper * axial, along: lateral > 0 ? alongShift(before.profiles, each.profiles) : null }
  })
  return steps.map((step, i) => {
    if (!step) return null
    const near = [...steps.slice(Math.max(0, i - trend), i), ...steps.slice(i + 1, i + 1 + trend)].filter((each) => each !== null)
    const beyond = (of: (each: NonNullable<(typeof steps)[number]>) => number | null): number => {
      const own = of(step)
      if (own === null) return 0
      const others = near.flatMap((each) => of(each) ?? [])
      return Math.abs(own - (middle(others) ?? 0))
    }
    return round(
      Math.max(
        beyond(({ deeper }) => deeper),
        beyond(({ along }) => along),
      ),
    )
  })
}

/** Least share of places at which both B-scans have their BM. */
const leastShared = 0.3

function depthStep(before: Float32Array, after: Float32Array): number | null {
  const differences: number[] = []
  for (let i = 0; i < Math.min(before.length, after.length); i++) {
    const difference = (after[i] as number) - (before[i] as number)
    if (!Number.isNaN(difference)) differences.push(difference)
  }
  return differences.length >= leastShared * before.length ? median(differences) : null
}

/** Median, of an even number the mean of the two in the middle. */
function middle(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length === 0
    ? null
    : sorted.length % 2 === 1
      ? (sorted[half] as number)
      : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}
