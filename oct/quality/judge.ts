/** Judges one scan, B-scan by B-scan: the same code in the image and in the application. */
import { ScansideError } from '../errors.ts'
import type { Codecs } from '../formats/decode.ts'
import { readableSources, readScan } from '../formats/index.ts'
import type { Results, ScanResult } from '../results.ts'
import type { ByteSource, NamedSource, Scan } from '../scan.ts'
import { beam } from './detect/beam.ts'
import { centring } from './detect/centring.ts'
import { completeness } from './detect/completeness.ts'
import { experimental } from './detect/experimental.ts'
import { focus } from './detect/focus.ts'
import { followUp } from './detect/follow-up.ts'
import { illumination } from './detect/illumination.ts'
import { laterality } from './detect/laterality.ts'
import { layers } from './detect/layers.ts'
import { motion } from './detect/motion.ts'
import { protocol } from './detect/protocol.ts'
import { signal } from './detect/signal.ts'
import type { EarlierScan, Examination, Findings, MakeDetector, VisitScan } from './examination.ts'
import { pathology } from './pathology.ts'
import { defaultProfile, deviceProfileOf, type Profile } from './profile.ts'
import { protocolFor } from './protocol-for.ts'
import { decide } from './verdict.ts'
import { frameReader, noCodecs, readSlo } from './view.ts'

export type { Profile } from './profile.ts'
export { defaultProfile, parseProfile, profiles } from './profile.ts'

/** Named in every result this code writes; the profile is the one used. */
export const pipeline: Results['pipeline'] = { name: 'oct-quality', version: '2.0.0', profile: defaultProfile.name }

/** In the order a reader is told. Completeness comes before signal: what is cut off is not looked at further. */
const detectors: readonly MakeDetector[] = [
  completeness,
  motion,
  protocol,
  focus,
  signal,
  centring,
  layers,
  () => ({ end: () => ({ criteria: [pathology] }) }),
  illumination,
  beam,
  followUp,
  laterality,
  experimental,
]
/** What can be said from a few B-scans and the SLO. */
const quick: readonly MakeDetector[] = [completeness, protocol, centring, illumination, laterality]
/** B-scans of a first word; scans with hardly more are judged at once. */
const quickFrames = 5

export interface JudgeOptions {
  /** Copied into the result: opaque names, sizes and digests of the files. */
  inputs?: ScanResult['inputs']
  profile?: Profile
  codecs?: Codecs
  /** The earlier scan of this eye, and the others of this visit, where the caller knows them. */
  earlier?: EarlierScan
  visit?: readonly VisitScan[]
  /** Whether values per B-scan are kept in the result; default true. */
  series?: boolean
  /** Called once the headers and the SLO are read, before the first B-scan; `sources` are those the scan's pictures point into. */
  onExamination?(exam: Examination, sources: readonly ByteSource[]): void
  /** Called after each B-scan. */
  onProgress?(done: number, total: number): void
  /** A first word on a scan of many B-scans: completeness and SLO alone, from a few of them. It never says `usable`. */
  onProvisional?(result: Pick<ScanResult, 'verdict' | 'decidedBy' | 'criteria'>): void
}

/**
 * Reads a scan from its files and judges it, one B-scan in memory at a time.
 * @throws ScansideError where the files cannot be read; `refusal` turns that into a result
 */
export async function judge(files: readonly NamedSource[], options: JudgeOptions = {}): Promise<ScanResult> {
  const profile = options.profile ?? defaultProfile
  const codecs = options.codecs ?? noCodecs
  const scan = await readScan(files)
  const sources = await readableSources(files, scan)
  const exam: Examination = {
    scan,
    profile,
    device: deviceProfileOf(profile, scan.device),
    protocol: protocolFor(profile, scan),
    slo: await readSlo(sources, scan, codecs),
    earlier: options.earlier ?? null,
    visit: options.visit ?? [],
  }
  options.onExamination?.(exam, sources)
  const read = frameReader(sources, scan, codecs)
  if (options.onProvisional && scan.frames.length > 2 * quickFrames) {
    const at = Array.from({ length: quickFrames }, (_, i) => Math.round(((i + 0.5) * scan.frames.length) / quickFrames - 0.5))
    const { criteria } = await examine(quick, exam, read, at)
    const faults = criteria.filter((each) => each.status === 'fail' || each.status === 'warn')
    const { verdict, decidedBy } = decide(faults, profile)
    options.onProvisional({ verdict: verdict === 'usable' ? 'unknown' : verdict, decidedBy, criteria })
  }
  const every = scan.frames.map(({ index }) => index)
  const found = await examine(detectors, exam, read, every, options.onProgress)
  return {
    inputs: options.inputs ?? [],
    ...decide(found.criteria, profile),
    criteria: found.criteria,
    series: options.series === false ? [] : (found.series ?? []),
    intervals: (found.intervals ?? []).slice(0, 100_000),
    files: [],
    facts: factsOf(scan, exam),
  }
}

async function examine(
  makers: readonly MakeDetector[],
  exam: Examination,
  read: ReturnType<typeof frameReader>,
  frames: readonly number[],
  onProgress?: JudgeOptions['onProgress'],
): Promise<Findings> {
  const running = makers.map((make) => make(exam))
  for (const [done, index] of frames.entries()) {
    const view = await read(index)
    for (const detector of running) detector.frame?.(view)
    onProgress?.(done + 1, frames.length)
  }
  const found = running.map((detector) => detector.end())
  return {
    criteria: found.flatMap(({ criteria }) => criteria),
    series: found.flatMap(({ series }) => series ?? []),
    intervals: found.flatMap(({ intervals }) => intervals ?? []),
  }
}

function factsOf(scan: Scan, { protocol: fitting }: Examination): NonNullable<ScanResult['facts']> {
  const { device, pattern, laterality: eye, frames, width, height } = scan
  return { device: device.slice(0, 100), pattern, laterality: eye, protocol: fitting?.id ?? null, frames: frames.length, width, height }
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
