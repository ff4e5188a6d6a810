/** A scan opened for a detector's test: generated or real, with whatever the test changes about it. */
import { readScan } from '../../formats/index.ts'
import { bytesSource } from '../../formats/vol.ts'
import type { Criterion } from '../../results.ts'
import type { Point, Scan } from '../../scan.ts'
import { type SynthOptions, synthesise } from '../../synth/index.ts'
import type { Examination, FrameView, MakeDetector, SloView } from '../examination.ts'
import { defaultProfile } from '../profile.ts'
import { protocolFor } from '../protocol-for.ts'
import { frameReader, noCodecs, readSlo } from '../view.ts'

export interface Scanned {
  exam: Examination
  views: FrameView[]
}

export async function scanned(bytes: Uint8Array): Promise<Scanned> {
  const source = bytesSource(bytes)
  const scan = await readScan([{ name: '', source }])
  const read = frameReader([source], scan, noCodecs)
  const views: FrameView[] = []
  for (const { index } of scan.frames) {
    const view = await read(index)
    views.push({ ...view, roots: view.roots.slice() })
  }
  const exam: Examination = {
    scan,
    profile: defaultProfile,
    device: null,
    protocol: protocolFor(defaultProfile, scan),
    slo: await readSlo([source], scan, noCodecs),
    earlier: null,
    visit: [],
  }
  return { exam, views }
}

export const generated = (options: Partial<SynthOptions>): Promise<Scanned> =>
  scanned(synthesise({ pattern: 'ring', laterality: 'OD', seed: 1000, width: 96, height: 128, frames: 7, ...options }))

/** What a detector says, by criterion. */
export function said(make: MakeDetector, { exam, views }: Scanned, changes: Partial<Examination> = {}): (id: string) => Criterion | undefined {
  const detector = make({ ...exam, ...changes })
  for (const view of views) detector.frame?.(view)
  const { criteria } = detector.end()
  return (id) => criteria.find((each) => each.id === id)
}

/** The scan as if it lay elsewhere on the same SLO, mm. */
export function shifted({ exam, views }: Scanned, by: Point): Scanned {
  const moved = ({ x, y }: Point): Point => ({ x: x + by.x, y: y + by.y })
  const frames = exam.scan.frames.map((frame) => {
    const { location } = frame
    if (location.kind === 'ring') return { ...frame, location: { ...location, start: moved(location.start), centre: moved(location.centre) } }
    if (location.kind === 'line') return { ...frame, location: { kind: 'line' as const, start: moved(location.start), end: moved(location.end) } }
    return frame
  })
  const scan: Scan = { ...exam.scan, frames }
  return { exam: { ...exam, scan }, views: views.map((view, i) => ({ ...view, info: frames[i] ?? view.info })) }
}

/** The SLO with every pixel changed; `u` and `v` 0..1 across and down. */
export function repainted(slo: SloView, grey: (value: number, u: number, v: number) => number): SloView {
  const { width, height } = slo
  const pixels = slo.pixels.map((value, i) => Math.max(0, Math.min(255, grey(value, (i % width) / width, Math.floor(i / width) / height))))
  return { ...slo, pixels }
}

/** A part of the SLO, px. */
export function cropped(slo: SloView, left: number, top: number, width: number, height: number): SloView {
  const pixels = Uint8Array.from(
    { length: width * height },
    (_, i) => slo.pixels[(top + Math.floor(i / width)) * slo.width + left + (i % width)] ?? 0,
  )
  return { ...slo, width, height, pixels }
}

/** Left and right changed. */
export function mirrored(slo: SloView): SloView {
  const { width } = slo
  return { ...slo, pixels: slo.pixels.map((_, i) => slo.pixels[i - (i % width) + width - 1 - (i % width)] as number) }
}
