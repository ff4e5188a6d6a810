/** The SLO image of the model eye: near infrared, disc dark with a bright surround, vessels dark, fovea a shade darker. */
import type { Point } from '../scan.ts'
import { disc } from './anatomy.ts'
import { randomFrom, smoothNoise } from './random.ts'
import type { VesselMap } from './vessels.ts'

/**
 * @param toEye from SLO px to model eye mm
 * @param light factor on the brightness by place (0..1 across and down), for badly lit scans
 * @returns u8, row-major, row 0 superior
 */
export function renderSlo(map: VesselMap, toEye: (pixel: Point) => Point, light: (u: number, v: number) => number, seed: number): Uint8Array {
  const { width, height, blood } = map
  const random = randomFrom(seed)
  const clouds = smoothNoise(seed + 1)
  const grain = smoothNoise(seed + 2)
  const image = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = toEye({ x: column, y: row })
      const dx = at.x - disc.x
      const dy = at.y - disc.y
      const fromDisc = Math.hypot(dx, dy * 0.92)
      let grey = 132 + 16 * clouds(column / 150, row / 150) + 7 * clouds(column / 38, row / 38) + 5 * grain(at.x * 14, at.y * 14)
      grey += 50 * Math.exp(-((fromDisc - 1.25) ** 2) / 0.22) * (0.65 + 0.35 * Math.sign(-dx) * Math.min(1, Math.abs(dx)))
      // Nerve fibres run out from the disc.
      grey += 11 * Math.exp(-Math.max(0, fromDisc - 1) / 1.6) * grain(Math.atan2(dy, dx) * 34 + 200, fromDisc * 1.4)
      grey -= 20 * Math.exp(-(at.x * at.x + at.y * at.y) / 0.35)
      const inDisc = 1 / (1 + Math.exp((fromDisc - disc.radius) / 0.045))
      grey = grey * (1 - inDisc) + inDisc * (58 + 26 * Math.max(0, -dx) + 18 * clouds(column / 22, row / 22) + 12 * grain(dx * 14, dy * 14))
      const taken = blood[row * width + column] as number
      grey *= 1 - 0.56 * taken
      // The reflex along the middle of a large vessel.
      if (taken > 0.9) grey *= 1 + 3.2 * (taken - 0.9)
      const u = column / width - 0.5
      const v = row / height - 0.5
      grey *= (1 - 0.55 * (u * u + v * v)) * light(u + 0.5, v + 0.5)
      image[row * width + column] = Math.max(1, Math.min(254, grey + (random() + random() - 1) * 13))
    }
  }
  return image
}
