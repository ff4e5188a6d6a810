/** Retinal vessels of the model eye: curves on the retina, drawn once into a map that the SLO and the B-scans share. */
import type { Point } from '../scan.ts'
import { disc } from './anatomy.ts'

/** A curve from the disc outwards: points in mm (model eye) with the vessel's radius in mm at each. */
export type Vessel = { at: Point; radius: number }[]

/** Arcades, nasal vessels and small branches. */
export function growVessels(random: () => number): Vessel[] {
  const vessels: Vessel[] = []
  const vary = (spread: number) => (random() - 0.5) * 2 * spread
  for (const up of [-1, 1]) {
    for (const [height, width] of [
      [2.55 + vary(0.25), 0.068],
      [3.15 + vary(0.3), 0.052],
      [1.45 + vary(0.3), 0.03],
    ] as const) {
      const start = { x: disc.x + 0.1 + vary(0.16), y: disc.y + up * 0.04 }
      const wiggle = random() * 6
      const arcade = curve(96, width, (s) => ({
        x: start.x - 0.1 - 10.5 * s ** 1.35,
        y: start.y + up * (height + 0.5) * Math.sin(Math.PI * Math.min(1, 0.04 + 0.86 * s ** 0.72)) + 0.1 * Math.sin(wiggle + 9 * s),
      }))
      vessels.push(arcade)
      for (let twig = 0; twig < 4; twig++) vessels.push(branch(arcade, 0.14 + 0.2 * twig + vary(0.06), twig % 2 === 0 ? up : -up, random))
    }
    for (const [angle, width] of [
      [0.35 + vary(0.15), 0.034],
      [0.85 + vary(0.15), 0.048],
      [1.3 + vary(0.12), 0.036],
    ] as const) {
      const bend = vary(0.35)
      const wiggle = random() * 6
      const nasal = curve(64, width, (s) => {
        const turned = angle + bend * s + 0.05 * Math.sin(wiggle + 8 * s)
        return { x: disc.x + 0.1 + 6 * s * Math.cos(turned), y: disc.y + up * (0.05 + 6 * s * Math.sin(turned)) }
      })
      vessels.push(nasal, branch(nasal, 0.4 + vary(0.1), up, random))
    }
  }
  return vessels
}

function curve(points: number, width: number, place: (s: number) => Point): Vessel {
  return Array.from({ length: points + 1 }, (_, i) => ({ at: place(i / points), radius: width * (1 - 0.55 * (i / points)) }))
}

function branch(of: Vessel, from: number, side: number, random: () => number): Vessel {
  const index = Math.min(of.length - 2, Math.max(0, Math.round(from * (of.length - 1))))
  const root = of[index] as Vessel[number]
  const next = of[index + 1] as Vessel[number]
  const heading = Math.atan2(next.at.y - root.at.y, next.at.x - root.at.x) + side * (0.5 + 0.5 * random()) * Math.sign(next.at.x - root.at.x || 1)
  const reach = 1.1 + 1.4 * random()
  const bend = (random() - 0.5) * 1.4
  const wiggle = random() * 6
  return curve(40, root.radius * 0.55, (s) => {
    const turned = heading + bend * s + 0.16 * Math.sin(wiggle + 10 * s)
    return { x: root.at.x + reach * s * Math.cos(turned), y: root.at.y + reach * s * Math.sin(turned) }
  })
}

/** How much of the light vessels take, 0..1, on a grid of the SLO's pixels. */
export interface VesselMap {
  width: number
  height: number
  /** blood: full in the middle of a large vessel, soft towards its wall */
  blood: Float32Array
}

/**
 * Draws vessels into a map of the SLO's size.
 * @param toPixel from model eye mm to SLO px
 * @param pixelsPerMm scale of the SLO
 */
export function drawVessels(vessels: Vessel[], width: number, height: number, toPixel: (at: Point) => Point, pixelsPerMm: number): VesselMap {
  const blood = new Float32Array(width * height)
  for (const vessel of vessels) {
    for (let i = 0; i + 1 < vessel.length; i++) {
      const a = vessel[i] as Vessel[number]
      const b = vessel[i + 1] as Vessel[number]
      const from = toPixel(a.at)
      const to = toPixel(b.at)
      const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 1.5))
      for (let step = 0; step < steps; step++) {
        const t = step / steps
        stamp(blood, width, height, from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t, (a.radius + (b.radius - a.radius) * t) * pixelsPerMm)
      }
    }
  }
  return { width, height, blood }
}

function stamp(blood: Float32Array, width: number, height: number, x: number, y: number, radius: number): void {
  const reach = Math.ceil(radius + 1.5)
  const depth = Math.min(1, 0.35 + radius / 4)
  for (let row = Math.max(0, Math.floor(y - reach)); row <= Math.min(height - 1, y + reach); row++) {
    for (let column = Math.max(0, Math.floor(x - reach)); column <= Math.min(width - 1, x + reach); column++) {
      const inside = radius + 0.5 - Math.hypot(column - x, row - y)
      if (inside <= 0) continue
      // Light is taken along the chord through the vessel.
      const value = depth * (1 - (1 - Math.min(1, inside / (radius + 0.5))) ** 3)
      const at = row * width + column
      if (value > (blood[at] as number)) blood[at] = value
    }
  }
}
