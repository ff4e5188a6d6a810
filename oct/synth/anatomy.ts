/**
 * A model eye, in mm on the retina as a right eye lies on the SLO: origin at the fovea, x towards the nose, y downwards.
 * Thicknesses follow measured totals of real scans (ILM to BM: 218 um at the fovea, about 360 at 1.1 mm, 342 on the ring).
 */
import type { Point } from '../scan.ts'

/** Centre and radius of the optic disc: 4.5 mm nasal and 0.5 mm superior of the fovea. */
export const disc = { x: 4.5, y: -0.5, radius: 0.85 } as const

/** Thickness of each band in um, from the ILM downwards. `outer` spans the ELM to the BM. */
export interface Bands {
  rnfl: number
  ganglion: number
  inl: number
  opl: number
  onl: number
  outer: number
}

/** How one eye differs from the next. */
export interface Traits {
  /** factor on the nerve fibre layer */
  rnfl: number
  /** factor on everything else */
  retina: number
  /** radians by which the two bundles are turned */
  turn: number
}

export function bandsAt(at: Point, traits: Traits): Bands {
  const ecc = Math.hypot(at.x, at.y)
  const pit = 1 - Math.exp(-(ecc * ecc) / (2 * 0.42 * 0.42))
  const rim = Math.exp(-((ecc - 1.15) ** 2) / (2 * 0.75 * 0.75))
  const fromDisc = Math.max(0.9, Math.hypot(at.x - disc.x, at.y - disc.y))
  const fibres = fibreProfile(Math.atan2(-(at.y - disc.y), -(at.x - disc.x)) - traits.turn) * Math.min(1.6, (1.8 / fromDisc) ** 1.25)
  const nearDisc = Math.exp(-((fromDisc - 0.9) ** 2) / 0.8)
  return {
    rnfl: traits.rnfl * pit * (4 + fibres),
    ganglion: traits.retina * (2 + pit * (44 + 52 * rim - 8 * nearDisc)),
    inl: traits.retina * (2 + pit * (34 + 8 * rim)),
    opl: traits.retina * (3 + pit * 26),
    onl: traits.retina * (66 + 48 * Math.exp(-(ecc * ecc) / (2 * 0.45 * 0.45)) + 14 * rim),
    outer: 80 + 12 * Math.exp(-(ecc * ecc) / (2 * 0.4 * 0.4)),
  }
}

/** RNFL in um on the ring of 1.8 mm by the angle from temporal, superior positive: two humps, thin towards the fovea. */
function fibreProfile(angle: number): number {
  const hump = (centre: number, width: number) => Math.exp(-(turnTo(angle - centre) ** 2) / (2 * width * width))
  return 58 + 82 * hump(1.2, 0.42) + 88 * hump(-1.15, 0.4) + 14 * hump(Math.PI, 0.9) + 6 * hump(0, 0.4)
}

/** An angle brought to -pi..pi. */
function turnTo(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI))
}
