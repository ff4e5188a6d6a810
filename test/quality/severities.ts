/**
 * The faults that are generated, each by one physical quantity, and how much of it is mild, clear or gross. Fixed before any detector was tuned:
 * a detector that does not reach the mark is mended, not this table. `clear` is what a reader would not accept, `mild` what one may overlook.
 */

export const severities = ['mild', 'clear', 'gross'] as const
export type Severity = (typeof severities)[number]

/** What a generated scan is: lines and volumes lie on the macula, rings on the disc. `raster`: 7 B-scans 0.24 mm apart. */
export const kinds = ['ring', 'line', 'volume', 'raster'] as const
export type Kind = (typeof kinds)[number]

export interface Fault {
  /** What is done, in words, and the quantity with its unit. */
  about: string
  quantity: string
  unit: string
  /** Generated scans it is done to. */
  kinds: readonly Kind[]
  /** From mild to gross the scan becomes worse, whether the number rises or falls. A fault without degrees is `clear` alone. */
  mild?: number
  clear: number
  gross?: number
}

const all = ['ring', 'line', 'volume'] as const
const macula = ['line', 'volume'] as const

export const faults = {
  // Signal. The device's own index stays as it was in `light`, the picture in `index`: each is found by itself.
  light: { about: 'little light', quantity: 'loss of reflectivity, 10 log10', unit: 'dB', kinds: all, mild: 6, clear: 17, gross: 23 },
  index: { about: "a low index in the device's header", quantity: 'Q', unit: 'dB', kinds: all, mild: 14, clear: 11, gross: 6 },
  // Completeness.
  'cut-upper': { about: 'retina above the upper edge', quantity: 'A-scans without ILM', unit: '%', kinds: all, mild: 3, clear: 25, gross: 60 },
  'cut-lower': { about: 'retina below the lower edge', quantity: 'A-scans without BM', unit: '%', kinds: all, mild: 3, clear: 25, gross: 60 },
  missing: { about: 'A-scans not acquired', quantity: 'A-scans', unit: '%', kinds: all, mild: 1, clear: 6, gross: 25 },
  folded: {
    about: 'retina mirrored at the upper edge',
    quantity: 'A-scans whose ILM is mirrored',
    unit: '%',
    kinds: all,
    mild: 5,
    clear: 30,
    gross: 60,
  },
  // Motion.
  blank: { about: 'blinks: B-scans of noise', quantity: 'B-scans of 7', unit: '', kinds: ['volume'], mild: 1, clear: 2, gross: 4 },
  'jump-depth': {
    about: 'eye moved in depth between two B-scans',
    quantity: 'jump',
    unit: 'mm',
    kinds: ['volume'],
    mild: 0.08,
    clear: 0.25,
    gross: 0.4,
  },
  'jump-along': {
    about: 'eye moved along the B-scan between two',
    quantity: 'jump',
    unit: 'mm',
    kinds: ['raster'],
    mild: 0.15,
    clear: 0.6,
    gross: 1.2,
  },
  // Centring, in a direction of its own for every scan.
  'ring-off': { about: 'ring not about the disc', quantity: 'distance of the centres', unit: 'mm', kinds: ['ring'], mild: 0.3, clear: 0.6, gross: 1 },
  'macula-off': {
    about: 'volume not about the fovea',
    quantity: 'distance of the centres',
    unit: 'mm',
    kinds: ['volume'],
    mild: 0.35,
    clear: 0.8,
    gross: 1.4,
  },
  // Illumination.
  'slo-vignette': {
    about: 'SLO dark towards the corners',
    quantity: 'light left in the corners',
    unit: '%',
    kinds: all,
    mild: 60,
    clear: 12,
    gross: 2,
  },
  'slo-side': { about: 'SLO dark towards one side', quantity: 'light left at that side', unit: '%', kinds: all, mild: 60, clear: 15, gross: 4 },
  'slo-saturated': { about: 'SLO overexposed', quantity: 'pixels at the highest grey', unit: '%', kinds: all, mild: 3, clear: 20, gross: 50 },
  'slo-dark': { about: 'SLO underexposed', quantity: 'light left', unit: '%', kinds: all, mild: 50, clear: 15, gross: 6 },
  shading: {
    about: 'a third of the B-scan in the shade',
    quantity: 'loss of reflectivity there',
    unit: 'dB',
    kinds: all,
    mild: 4,
    clear: 14,
    gross: 20,
  },
  // Beam.
  'onl-sides': {
    about: 'ONL brighter on one side',
    quantity: 'ratio of its reflectivity, 10 log10',
    unit: 'dB',
    kinds: macula,
    mild: 2.5,
    clear: 7,
    gross: 11,
  },
  tilt: { about: 'retina tilted in the B-scan', quantity: 'slope of BM', unit: 'degrees', kinds: macula, mild: 4, clear: 10, gross: 12 },
  // Obvious problems.
  defocus: { about: 'B-scans and SLO out of focus', quantity: 'sigma across the light', unit: 'um', kinds: all, mild: 25, clear: 90, gross: 180 },
  smear: { about: 'averaged B-scans not upon each other', quantity: 'sigma in depth', unit: 'um', kinds: all, mild: 6, clear: 24, gross: 48 },
  radius: {
    about: 'a ring of another size than the protocol',
    quantity: 'mm beyond its range',
    unit: 'mm',
    kinds: ['ring'],
    mild: 0.1,
    clear: 0.3,
    gross: 0.7,
  },
  frames: { about: 'fewer B-scans than the protocol', quantity: 'B-scans lacking of 7', unit: '', kinds: ['volume'], mild: 1, clear: 3, gross: 5 },
  // The device's lines.
  'line-off': {
    about: 'ILM or BM off its border over 40 % of the A-scans',
    quantity: 'distance',
    unit: 'um',
    kinds: all,
    mild: 12,
    clear: 50,
    gross: 100,
  },
  'line-missing': { about: 'ILM or BM not drawn', quantity: 'A-scans', unit: '%', kinds: all, mild: 3, clear: 15, gross: 40 },
  'line-crossing': { about: 'two lines cross by 20 um', quantity: 'A-scans', unit: '%', kinds: all, mild: 1, clear: 8, gross: 25 },
  'line-jagged': {
    about: 'every eighth A-scan of ILM or BM jumps',
    quantity: 'height of the jump',
    unit: 'um',
    kinds: all,
    mild: 15,
    clear: 60,
    gross: 120,
  },
  // The eye and the earlier visit.
  'wrong-eye': { about: 'the header names the other eye', quantity: 'A header', unit: '', kinds: all, clear: 1 },
  'pair-eye': { about: "both of the visit's eyes have their disc on the same side", quantity: 'A header', unit: '', kinds: ['ring'], clear: 1 },
  'follow-up-off': {
    about: 'ring elsewhere than at the earlier visit',
    quantity: 'shift',
    unit: 'mm',
    kinds: ['ring'],
    mild: 0.2,
    clear: 0.5,
    gross: 0.9,
  },
  'follow-up-size': {
    about: 'ring of another radius than at the earlier visit',
    quantity: 'difference',
    unit: 'mm',
    kinds: ['ring'],
    mild: 0.1,
    clear: 0.3,
    gross: 0.5,
  },
} as const satisfies Record<string, Fault>

export type FaultName = keyof typeof faults

/** Good scans differ within these bounds, beside what every generated eye has of its own. */
export const goodScans = {
  /** dB, 10 log10 of the reflectivity */
  light: [-2.5, 1.5],
  /** degrees along the B-scan, lines and volumes */
  tilt: [-2.5, 2.5],
  /** mm off the disc or fovea, in any direction */
  off: [0, 0.12],
  /** mm in depth */
  level: [-0.12, 0.12],
  /** % of the SLO's light */
  slo: [75, 115],
  /** dB, the device's index */
  index: [24, 38],
} as const satisfies Record<string, readonly [number, number]>

/** How many: scans that faults are made of, the first of them that get every severity, good scans; and what must be reached. */
export const counts = { faulty: 200, everySeverity: 60, good: 300 } as const
export const passMark = 0.97
