/**
 * What a profile asks of a scan. Thresholds marked `own` are this project's and not published; docs name the source of the others.
 * A new set of thresholds is a new profile: a stored result keeps the name of the one that judged it.
 */

/**
 * required: a fail makes a scan unusable, a warning or an unknown ambiguous. advisory: a fail makes it ambiguous.
 * human: shown open, decided by nobody but a reader.
 */
export type Role = 'required' | 'advisory' | 'human'

export interface ProfileRule {
  role: Role
  /**
   * Whether a fail may make a scan unusable by itself. False for a graded threshold of our own: alone, it gives at most `ambiguous`.
   */
  decides: boolean
}

export interface Profile {
  name: string
  rules: Readonly<Record<string, ProfileRule>>
  limits: {
    /** dB, the device's own quality index; Heidelberg Spectralis only (OSCAR-IB, Tewarie 2012) */
    quality: number
    /** dB, informed SNR; own */
    snr: number
    /** ratio, own */
    cnr: { warn: number; fail: number }
    /** % of A-scans with a whole retina; own */
    whole: { warn: number; fail: number }
    /** % of A-scans cut off or without signal; own */
    lost: number
    /** px: a boundary this near to an edge counts as cut off; own */
    edge: number
  }
}

const required = { role: 'required', decides: true } as const
const open = { role: 'human', decides: false } as const

export const oscarIb1: Profile = {
  name: 'oscar-ib-1',
  rules: {
    completeness: required,
    'completeness.upper': required,
    'completeness.lower': required,
    'completeness.signal': required,
    S: required,
    'S.snr': { role: 'advisory', decides: false },
    'S.cnr': { role: 'advisory', decides: false },
    O: open,
    C: open,
    A: open,
    R: open,
    I: open,
    B: open,
  },
  limits: { quality: 15, snr: 16, cnr: { warn: 4, fail: 2.5 }, whole: { warn: 98, fail: 90 }, lost: 2, edge: 10 },
}

export const profiles: readonly Profile[] = [oscarIb1]
