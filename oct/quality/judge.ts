/** Judges one scan, B-scan by B-scan: the same code in the image and in the application. */
import { ScansideError } from '../errors.ts'
import { readFrame, readVol } from '../formats/vol.ts'
import type { Interval, Results, ScanResult } from '../results.ts'
import type { ByteSource, Scan } from '../scan.ts'
import { type AScanState, aScanStates, aScanStatesOf } from './completeness.ts'
import { criteriaOf, type Measurements, round } from './criteria.ts'
import { oscarIb1, type Profile } from './profile.ts'
import { signalOf } from './signal.ts'
import { decide } from './verdict.ts'

export { oscarIb1, type Profile, profiles } from './profile.ts'

/** Named in every result this code writes. */
export const pipeline: Results['pipeline'] = { name: 'oct-quality', version: '1.0.0', profile: oscarIb1.name }

export interface JudgeOptions {
  /** Copied into the result: opaque name, size and digest of the file. */
  inputs?: ScanResult['inputs']
  profile?: Profile
  /** Whether values per B-scan are kept in the result; default true. */
  series?: boolean
  /** Called after each B-scan. */
  onProgress?(done: number, total: number): void
}

/**
 * Reads a scan and judges it, one B-scan in memory at a time.
 * @throws ScansideError where the file cannot be read; `refusal` turns that into a result
 */
export async function judge(source: ByteSource, options: JudgeOptions = {}): Promise<ScanResult> {
  const profile = options.profile ?? oscarIb1
  const scan = await readVol(source)
  const measured: Measurements = {
    device: scan.device,
    counts: { whole: 0, 'cut-upper': 0, 'cut-lower': 0, 'signal-missing': 0, 'not-segmented': 0 },
    quality: [],
    snr: [],
    cnr: [],
  }
  const intervals: Interval[] = []
  for (const frame of scan.frames) {
    const pixels = await readFrame(source, scan, frame.index)
    const states = aScanStatesOf(scan, frame, pixels, profile.limits.edge)
    for (const state of states) measured.counts[aScanStates[state] as AScanState]++
    const signal = signalOf(scan, frame, pixels)
    measured.quality.push(frame.quality === undefined ? null : round(frame.quality))
    measured.snr.push(signal === null ? null : round(signal.snr))
    measured.cnr.push(signal === null ? null : round(signal.cnr))
    intervals.push(...runs(states, frame.index))
    if (signal !== null && signal.cnr < profile.limits.cnr.fail)
      intervals.push({ frame: frame.index, from: 0, to: scan.width - 1, kind: 'high-noise' })
    options.onProgress?.(frame.index + 1, scan.frames.length)
  }
  const criteria = criteriaOf(measured, profile)
  return {
    inputs: options.inputs ?? [],
    ...decide(criteria, profile),
    criteria,
    series: options.series === false ? [] : seriesOf(measured),
    intervals: intervals.slice(0, 100_000),
    files: [],
  }
}

/** The result of a scan that could not be read: verdict `unknown`, with the reason. */
export function refusal(error: unknown, inputs: ScanResult['inputs'] = []): ScanResult {
  const known = error instanceof ScansideError
  return {
    inputs,
    verdict: 'unknown',
    action: 'ask-reader',
    decidedBy: [],
    criteria: [],
    series: [],
    intervals: [],
    files: [],
    error: {
      code: known ? error.code : 'internal',
      message: known ? error.message : 'The scan could not be judged because of a fault in the analysis. Nothing was changed; ask a reader.',
    },
  }
}

function seriesOf(measured: Measurements): ScanResult['series'] {
  return [
    { id: 'S', unit: 'dB', values: measured.quality },
    { id: 'S.snr', unit: 'dB', values: measured.snr },
    { id: 'S.cnr', unit: 'ratio', values: measured.cnr },
  ]
}

/** Stretches of A-scans in one state, to be drawn; whole and unsegmented ones are not. */
function runs(states: Uint8Array, frame: Scan['frames'][number]['index']): Interval[] {
  const found: Interval[] = []
  for (let x = 0; x < states.length; x++) {
    const kind = aScanStates[states[x] as number] as AScanState
    if (kind === 'whole' || kind === 'not-segmented') continue
    const last = found.at(-1)
    if (last !== undefined && last.kind === kind && last.to === x - 1) last.to = x
    else found.push({ frame, from: x, to: x, kind })
  }
  return found
}
