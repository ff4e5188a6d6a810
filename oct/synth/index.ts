/**
 * Generated scans: plausible Heidelberg RAW exports for the demo lab and for tests. Deterministic by seed; no identity anywhere.
 * They teach nothing about real eyes and are never used to claim how well a fault is found.
 */
import { layoutBytes } from '../formats/vol-layout.ts'
import { contentLayout, type VolContent, writeVol } from '../formats/vol-write.ts'
import type { Point } from '../scan.ts'
import { disc, type Traits } from './anatomy.ts'
import { type AScan, type BScanRecipe, deviceLayers, renderBScan } from './bscan.ts'
import { type Course, courseOf, extent, frameCount, isOnDisc, isRadial, locate, place, type SynthPattern, usualRadius } from './course.ts'
import { factorOf, type SynthDetail, shadeAt } from './detail.ts'
import { normal, randomFrom, speckleTable } from './random.ts'
import { renderSlo } from './slo.ts'
import { drawVessels, growVessels, type VesselMap } from './vessels.ts'

export type SynthFault = 'none' | 'dark' | 'cut-upper' | 'decentred' | 'badly-lit'

export interface SynthOptions {
  pattern: SynthPattern
  laterality: 'OD' | 'OS'
  /** The same seed is the same eye and the same scan. */
  seed: number
  /** Another recording of the same eye, with the device placed a little differently and noise of its own; 0 */
  take?: number
  fault?: SynthFault
  /** A-scans per B-scan; 512 for a volume, 768 for the others */
  width?: number
  /** samples per A-scan; 496 */
  height?: number
  /** B-scans of a volume (25), lines of a radial scan (24) */
  frames?: number
  /** dioptres; by the seed */
  focus?: number
  /** mm; 1.8, as in an eye without refractive error: the device's ring of 12 degrees is 2.18 mm at -11.8 D */
  ringRadius?: number
  /** Changes of a known size, beside `fault`. */
  detail?: SynthDetail
}

/** mm of depth in a B-scan, whatever its height in samples */
const depth = 496 * 0.00387167

interface Size {
  width: number
  height: number
  frames: number
  slo: { width: number; height: number }
}

function sizeOf(options: SynthOptions): Size {
  const width = options.width ?? (options.pattern === 'volume' ? 512 : 768)
  const side = width >= 512 ? 768 : 384
  return {
    width,
    height: options.height ?? 496,
    frames: frameCount(options.pattern, options.frames),
    slo: { width: side, height: side },
  }
}

/** Bytes `synthesise` will return for these options. */
export function synthesisedSize(options: SynthOptions): number {
  return layoutBytes(contentLayout(sizeOf(options)))
}

/** A whole `.vol` file (HSF-OCT-103; radial scans 104, with Bruch's membrane opening). About 0.5 s for 25 B-scans of 384 x 496. */
export function synthesise(options: SynthOptions): Uint8Array {
  const size = sizeOf(options)
  const fault = options.fault ?? 'none'
  const detail = options.detail ?? {}
  const take = 7919 * (options.take ?? 0)
  let random = randomFrom(options.seed)
  const vary = (spread: number) => Math.max(-2, Math.min(2, normal(random))) * spread
  const traits: Traits = { rnfl: 1 + vary(0.06), retina: 1 + vary(0.025), turn: vary(0.08) }
  const vessels = growVessels(random)
  if (take > 0) random = randomFrom(options.seed + take)
  const side = options.laterality === 'OD' ? 1 : -1
  const slo = { x: (extent * 1.5) / size.slo.width, y: (extent * 1.5) / size.slo.height }
  const onDisc = isOnDisc(options.pattern)
  const ringRadius = options.ringRadius ?? usualRadius
  const courses = Array.from({ length: size.frames }, (_, frame) => courseOf(options.pattern, size.frames, frame, ringRadius, detail.breadth))
  const sloCentre: Point = onDisc ? { x: disc.x - 0.9 + vary(0.15), y: disc.y + 0.4 + vary(0.15) } : { x: vary(0.1), y: vary(0.1) }
  const toPixel = (at: Point): Point => ({
    x: size.slo.width / 2 + (side * (at.x - sloCentre.x)) / slo.x,
    y: size.slo.height / 2 + (at.y - sloCentre.y) / slo.y,
  })
  const toEye = (pixel: Point): Point => ({
    x: sloCentre.x + side * (pixel.x - size.slo.width / 2) * slo.x,
    y: sloCentre.y + (pixel.y - size.slo.height / 2) * slo.y,
  })
  const toMm = (at: Point): Point => {
    const pixel = toPixel(at)
    return { x: pixel.x * slo.x, y: pixel.y * slo.y }
  }
  const map = drawVessels(vessels, size.slo.width, size.slo.height, toPixel, 1 / slo.x)
  const target = onDisc ? disc : { x: 0, y: 0 }
  const usualOff = fault === 'decentred' ? { x: onDisc ? -0.62 : 0.9, y: onDisc ? 0.38 : 0.7 } : { x: vary(0.04), y: vary(0.04) }
  const off = detail.off ?? usualOff
  const centre: Point = { x: target.x + off.x, y: target.y + off.y }
  const axial = depth / size.height
  const averaged = speckleTable(options.seed + take + 3, fault === 'dark' ? 2 : options.pattern === 'volume' ? 6 : 10)
  const single = speckleTable(options.seed + take + 4, 1)
  // A tilt across the disc bends a ring's BM into a wave, as on real rings; the macula is nearly level.
  const tilt = onDisc ? { x: 30 + vary(15), y: -45 + vary(15) } : { x: vary(10), y: vary(8) }
  tilt.x += 1000 * Math.tan(((detail.tilt ?? 0) * Math.PI) / 180)
  const level = (fault === 'cut-upper' ? 240 : 1120) + vary(25) + 1000 * (detail.deeper ?? 0)
  const sideLight = (u: number) => (fault === 'badly-lit' ? 0.04 + 0.96 * u * u : 1)
  const quality = { none: 31, dark: 10.5, 'cut-upper': 24, decentred: 29, 'badly-lit': 19 }[fault]
  const recipeOf = (course: Course, frame: number): BScanRecipe => {
    const moved = detail.jump && frame >= detail.jump.from ? detail.jump : { deeper: 0, along: 0 }
    const aScan = (index: number): AScan => {
      const along = (index + 0.5) / size.width
      const intended = place(course, centre, side, along)
      const at = { x: intended.x + side * moved.along, y: intended.y }
      const from = { x: at.x - centre.x, y: at.y - centre.y }
      const bow = onDisc ? 0 : -11 * (from.x * from.x + from.y * from.y)
      return {
        at,
        bm: level + 1000 * moved.deeper + tilt.x * from.x + tilt.y * from.y + bow,
        blood: sample(map, toPixel(at)),
        light: sideLight(along) * shadeAt(along, detail.shade),
        ...(detail.onlSides === undefined ? {} : { onl: factorOf(detail.onlSides * (along - 0.5)) }),
        ...(isRadial(options.pattern) ? { inDisc: Math.max(0, 1 - Math.hypot(at.x - disc.x, at.y - disc.y) / disc.radius) } : {}),
      }
    }
    return {
      width: size.width,
      height: size.height,
      axial: axial * 1000,
      aScan,
      traits,
      gain: (fault === 'dark' ? 0.02 : 1) * factorOf(detail.light ?? 0),
      speckle: averaged,
      noise: single,
      seed: (options.seed + take) * 1009 + frame,
    }
  }
  const frames: VolContent['frames'] = courses.map((course, frame) => {
    const recipe = recipeOf(course, frame)
    const bmo = isRadial(options.pattern) ? opening(recipe) : undefined
    return {
      location: locate(course, centre, side, toMm),
      ...(bmo === undefined ? {} : { bmo }),
      quality: quality + vary(1),
      layers: deviceLayers(recipe),
      render: (into) => renderBScan(recipe, into),
    }
  })
  const light = (u: number, v: number) =>
    fault === 'dark' ? 0.35 : fault === 'badly-lit' ? Math.min(1, 0.14 + 1.05 * u * u + 0.2 * v * (options.laterality === 'OD' ? 1 : -1) * u) : 1
  return writeVol({
    version: isRadial(options.pattern) ? 'HSF-OCT-104' : 'HSF-OCT-103',
    laterality: options.laterality,
    pattern: options.pattern,
    width: size.width,
    height: size.height,
    spacing: {
      lateral: (options.pattern === 'ring' ? 2 * Math.PI * ringRadius : extent) / size.width,
      axial,
      between: options.pattern === 'volume' ? (detail.breadth ?? extent) / size.frames : 0,
    },
    focus: options.focus ?? Math.round(vary(1.5) * 100) / 100,
    slo: { ...size.slo, spacing: slo, field: 30, pixels: renderSlo(map, toEye, light, options.seed + take + 11) },
    frames,
  })
}

/** The ends of Bruch's membrane at the disc, px; undefined for a B-scan that does not cross the disc. */
function opening(recipe: BScanRecipe): [Point, Point] | undefined {
  const crossing = Array.from({ length: recipe.width }, (_, x) => x).filter((x) => (recipe.aScan(x).inDisc ?? 0) > 0)
  const ends = [crossing.at(0), crossing.at(-1)].map((x) => x !== undefined && { x, y: Math.round(recipe.aScan(x).bm / recipe.axial) })
  const [left, right] = ends
  return left && right && left.x < right.x ? [left, right] : undefined
}

/** Light taken at an A-scan, over the width of the beam. */
function sample(map: VesselMap, pixel: Point): number {
  let sum = 0
  for (const [dx, dy] of beam) {
    const x = Math.round(pixel.x + dx)
    const y = Math.round(pixel.y + dy)
    if (x >= 0 && y >= 0 && x < map.width && y < map.height) sum += map.blood[y * map.width + x] as number
  }
  return sum / beam.length
}

/** px of the SLO */
const beam = [
  [0, 0],
  [1.5, 0],
  [-1.5, 0],
  [0, 1.5],
  [0, -1.5],
] as const
