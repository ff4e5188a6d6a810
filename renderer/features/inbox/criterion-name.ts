/** Which criteria have a short name of their own in the Inbox's sentences: their id with a dash for the dot. */
import type en from './en.ts'

export type CriterionName = keyof (typeof en)['criterion']

const names: Record<CriterionName, true> = {
  O: true,
  'O-protocol': true,
  S: true,
  C: true,
  A: true,
  R: true,
  I: true,
  B: true,
  F: true,
  L: true,
  completeness: true,
  'completeness-upper': true,
  'completeness-lower': true,
  'completeness-signal': true,
  'completeness-folded': true,
  motion: true,
  'motion-blank': true,
  'C-ring': true,
  'S-snr': true,
  'S-cnr': true,
  'I-vignette': true,
  'I-saturated': true,
  'I-dark': true,
  'I-bscan': true,
  'B-tilt': true,
  'A-missing': true,
  'A-crossing': true,
  'A-jump': true,
  'L-anatomy': true,
  'L-pair': true,
  'F-pattern': true,
  'F-shift': true,
  'O-blur': true,
  ART: true,
  QI: true,
  mTCI: true,
}

/** The name's key: of the criterion itself, else of what it is a part of; null where neither has one. */
export function nameOf(id: string): CriterionName | null {
  for (let part = id.replaceAll('.', '-'); part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('-')))) {
    if (Object.hasOwn(names, part)) return part as CriterionName
  }
  return null
}
