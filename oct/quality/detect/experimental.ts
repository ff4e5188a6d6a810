/** QI (Stein 2006) and mTCI (Huang 2012): shown for comparison with other work, never decide. Both were published for other devices and pictures. */
import type { Criterion, Series } from '../../results.ts'
import type { MakeDetector } from '../examination.ts'
import { median, round } from '../numbers.ts'

const levels = 256

export const experimental: MakeDetector = ({ scan }) => {
  const histogram = new Uint32Array(levels)
  const qis: (number | null)[] = []
  const tcis: (number | null)[] = []
  return {
    frame: ({ roots }) => {
      histogram.fill(0)
      let count = 0
      for (let i = 0; i < roots.length; i++) {
        // `| 0` makes what was not acquired black, as it is shown.
        const grey = (255 * (roots[i] as number) + 0.5) | 0
        // Exact zeros are what the device took away as noise; with them both indices would be undefined on almost every Spectralis scan.
        if (grey <= 0) continue
        const at = grey < levels ? grey : levels - 1
        histogram[at] = (histogram[at] as number) + 1
        count++
      }
      qis.push(rounded(qualityIndex(histogram, count)))
      tcis.push(rounded(transitionIndex(histogram, count, thresholdShare(scan.device))))
    },
    end: () => {
      const qi = median(qis.filter((each) => each !== null))
      const tci = median(tcis.filter((each) => each !== null))
      const series: Series[] = [
        { id: 'QI', unit: '', values: qis },
        { id: 'mTCI', unit: '', values: tcis },
      ]
      return {
        criteria: [
          shown('QI', qi, 'Stein 2006, doi 10.1136/bjo.2005.077909', 'quality index', 'nothing lies between dark and bright'),
          shown('mTCI', tci, 'Huang 2012, PMC3995569', 'maximum tissue contrast index', 'nothing lies between dark and bright'),
        ],
        series,
      }
    },
  }
}

function shown(id: string, value: number | null, source: string, what: string, why: string): Criterion {
  const reason =
    value === null
      ? `Experimental: Not measured, the ${what} is not defined for a picture where ${why}.`
      : `Experimental: the ${what} of the picture's histogram; black samples left out; what it says on such scans is not known.`
  return { id, status: 'unknown', value, unit: '', threshold: '', evidence: 'own', reason, source, experimental: true }
}

const rounded = (value: number | null): number | null => (value === null ? null : round(value))

/** The lowest grey that at least `share` of `count` samples do not exceed. */
function percentile(histogram: Uint32Array, count: number, share: number): number {
  let sum = 0
  for (let grey = 0; grey < levels; grey++) {
    sum += histogram[grey] as number
    if (sum >= share * count) return grey
  }
  return levels - 1
}

/**
 * QI of an 8-bit histogram: intensity ratio (percent) times tissue signal ratio, from the 1st, 75th and 99th percentile.
 * Null where the first is black, or where nothing lies between noise and middle.
 */
export function qualityIndex(histogram: Uint32Array, count: number): number | null {
  if (count === 0) return null
  const low = percentile(histogram, count, 0.01)
  const noise = percentile(histogram, count, 0.75)
  const saturation = percentile(histogram, count, 0.99)
  if (low === 0) return null
  const middle = (noise + saturation) / 2
  let bright = 0
  let dim = 0
  for (let grey = noise; grey <= saturation; grey++) {
    if (grey >= middle) bright += histogram[grey] as number
    if (grey <= middle) dim += histogram[grey] as number
  }
  if (dim === 0 || saturation === noise) return null
  return (((saturation - low) / low) * 100 * bright) / dim
}

/** Share of the cumulated histogram at which tissue begins, per device (Huang 2012); Spectralis' for one that is not named. */
function thresholdShare(device: string): number {
  if (device.includes('Cirrus')) return 0.4
  if (device.includes('RTVue')) return 0.55
  return device.includes('3D OCT-1000') ? 0.5 : 0.45
}

/**
 * mTCI of an 8-bit histogram: (N3 - N1) / (N2 - N1) with N1 the mode, N3 the 99.9 % point and N2 where the cumulated histogram reaches that of
 * the noise's beginning (first grey with 95 % of the mode's count) times 0.999 / `share`. Null where the mode is black: the file's exact zeros.
 */
export function transitionIndex(histogram: Uint32Array, count: number, share: number): number | null {
  if (count === 0) return null
  let mode = 0
  for (let grey = 1; grey < levels; grey++) if ((histogram[grey] as number) > (histogram[mode] as number)) mode = grey
  if (mode === 0) return null
  const most = histogram[mode] as number
  let begin = 0
  while ((histogram[begin] as number) < 0.95 * most) begin++
  let upTo = 0
  for (let grey = 0; grey <= begin; grey++) upTo += histogram[grey] as number
  const tissue = percentile(histogram, count, Math.min(0.999, ((upTo / count) * 0.999) / share))
  const saturation = percentile(histogram, count, 0.999)
  return tissue > mode ? (saturation - mode) / (tissue - mode) : null
}
