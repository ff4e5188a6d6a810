/** A: layer lines that are missing, cross, jump, or lie off the border. Only lines the device drew are judged. */
import type { Criterion } from '../../results.ts'
import { aScanStates, type MakeDetector } from '../examination.ts'
import { grade, round } from '../numbers.ts'
import { limitOf } from '../profile.ts'
import { crossings, jumps, lacking, onBorder, type Share } from './layer-lines.ts'

const whole = aScanStates.indexOf('whole')
const unsegmented = aScanStates.indexOf('not-segmented')
/** Only these are held against the picture, however many others are drawn. */
const outer = ['ILM', 'BM']
/** Less than this share of the outer lines held against the picture is no measure of them. */
const leastSeen = 0.3

export const layers: MakeDetector = ({ profile, scan }) => {
  const { lateral, axial } = scan.spacing
  const missing = share()
  const crossing = share()
  const jumping = share()
  const bordered = share()
  const series: (number | null)[] = []
  let drawn = 0
  let drawnOuter = 0

  const judged = (id: string, total: Share, good: 'high' | 'low', reasons: { good: string; bad: (value: number) => string }): Criterion => {
    const limit = limitOf(profile, id)
    const base = { id, unit: '%', threshold: `${good === 'high' ? '>=' : '<='} ${limit.warn}`, evidence: 'own' as const }
    const value = percent(total)
    if (value === null)
      return { ...base, status: 'unknown', value, reason: 'Not measured: no A-scan shows a retina to hold the layer lines against.' }
    const status = grade(value, limit, good)
    return { ...base, status, value, reason: status === 'pass' ? reasons.good : reasons.bad(value) }
  }
  const border = (): Criterion => {
    const reasons = {
      good: 'The layer lines lie on the borders that are seen.',
      bad: (value: number) => `The layer lines lie on the borders that are seen in only ${value} % of the A-scans.`,
    }
    const found = judged('A', bordered, 'high', reasons)
    if (drawn > 0 && bordered.of >= leastSeen * drawnOuter) return found
    const reason =
      drawn === 0
        ? 'Not measured: the file carries no layer lines.'
        : axial > 0
          ? 'Not measured: too few borders stand out in the picture to hold the layer lines against.'
          : 'Not measured: the file does not say its scale in depth.'
    return { ...found, status: 'unknown', value: null, reason }
  }
  return {
    frame: (view) => {
      const seen = Uint8Array.from(view.states, (state) => (state === whole || state === unsegmented ? 1 : 0))
      for (const { name, rows } of view.info.layers) {
        const count = rows.reduce((sum, row) => (Number.isNaN(row) ? sum : sum + 1), 0)
        drawn += count
        if (outer.includes(name)) drawnOuter += count
      }
      const here = axial > 0 ? onBorder(view, seen, axial * 1000) : share()
      series.push(percent(here))
      add(bordered, here)
      add(missing, lacking(view, seen, scan))
      if (axial <= 0) return
      add(crossing, crossings(view.info.layers, view.width, axial * 1000))
      add(jumping, jumps(view, seen, axial * 1000, lateral * 1000))
    },
    end: () => {
      if (drawn === 0) return { criteria: [border()] }
      const criteria = [
        border(),
        judged('A.missing', missing, 'low', {
          good: 'Both outer lines are drawn where the retina is seen.',
          bad: (value) => `ILM or BM is missing in ${value} % of the A-scans that show a retina.`,
        }),
        judged('A.crossing', crossing, 'low', {
          good: 'The layer lines keep their order.',
          bad: (value) => `Layer lines cross in ${value} % of the A-scans.`,
        }),
        judged('A.jump', jumping, 'low', {
          good: 'The layer lines run without jumps.',
          bad: (value) => `A layer line jumps at ${value} % of the A-scans, more than anatomy allows.`,
        }),
      ]
      return { criteria, series: [{ id: 'A', unit: '%', values: series }] }
    },
  }
}

const share = (): Share => ({ count: 0, of: 0 })
const percent = ({ count, of }: Share): number | null => (of > 0 ? round((100 * count) / of) : null)

function add(total: Share, { count, of }: Share): void {
  total.count += count
  total.of += of
}
