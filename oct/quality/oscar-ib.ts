/** The default profile: OSCAR-IB (Tewarie 2012, PLoS ONE 7(4):e34823), with what it leaves open filled by thresholds of our own. docs/quality.md has each. */
import type { Profile } from './profile.ts'

export const oscarIb2: Profile = {
  name: 'oscar-ib-2',
  title: 'OSCAR-IB',
  protocols: [
    {
      id: 'ring',
      label: { en: 'Ring 12°', de: 'Ring 12°' },
      patterns: ['ring'],
      region: 'disc',
      eyes: ['OD', 'OS'],
      art: { min: 16, max: 100 },
      ringRadius: { min: 1.5, max: 2.4 },
    },
    {
      id: 'macula',
      label: { en: 'Macula', de: 'Makula' },
      patterns: ['volume', 'fast-volume'],
      region: 'macula',
      eyes: ['OD', 'OS'],
    },
  ],
  devices: [
    { device: 'Heidelberg', quality: { least: 15, source: 'Tewarie 2012; manufacturer, as told by 10.1186/s12886-022-02356-4' }, contrast: true },
  ],
  rules: {
    completeness: 'required',
    motion: 'advisory',
    'motion.blank': 'required',
    O: 'advisory',
    S: 'required',
    'S.snr': 'advisory',
    'S.cnr': 'advisory',
    I: 'required',
    'I.vignette': 'advisory',
    'I.saturated': 'advisory',
    'I.dark': 'advisory',
    // A slant of the beam darkens one side of a B-scan: with B alone it must not count as two faults.
    'I.bscan': 'advisory',
    B: 'required',
    'B.tilt': 'advisory',
    C: 'required',
    A: 'advisory',
    'A.missing': 'required',
    'A.crossing': 'required',
    R: 'human',
    F: 'advisory',
    L: 'required',
    'L.anatomy': 'advisory',
    'L.pair': 'advisory',
    QI: 'human',
    mTCI: 'human',
  },
  // Each detector adds its own here; the unit is the criterion's.
  limits: {
    completeness: { warn: 98, fail: 90 },
    'completeness.upper': { warn: 0, fail: 2 },
    'completeness.lower': { warn: 0, fail: 2 },
    'completeness.signal': { warn: 0, fail: 2 },
    'completeness.folded': { warn: 0, fail: 2 },
    motion: { warn: 0.12, fail: 0.25 },
    'motion.blank': { warn: 0, fail: 0 },
    A: { warn: 98, fail: 90 },
    'A.missing': { warn: 2, fail: 10 },
    'A.crossing': { warn: 0.5, fail: 3 },
    'A.jump': { warn: 0.5, fail: 4 },
    // mm
    C: { warn: 0.2, fail: 0.4 },
    // circles crossed: the paper rejects beyond two, a later chapter of one of its authors from two on
    'C.ring': { warn: 1, fail: 2 },
    'F.shift': { warn: 0.15, fail: 0.3 },
    'S.snr': { warn: 16, fail: 16 },
    'S.cnr': { warn: 4, fail: 2.5 },
    'O.blur': { warn: 40, fail: 55 },
    'O.blur.bscan': { warn: 8.5, fail: 11 },
    I: { warn: 0.25, fail: 0.4 },
    'I.vignette': { warn: 0.45, fail: 0.3 },
    'I.saturated': { warn: 1, fail: 5 },
    'I.dark': { warn: 5, fail: 20 },
    'I.bscan': { warn: 0.6, fail: 0.45 },
    // real scans without this fault give 0.74 and 0.75
    B: { warn: 0.65, fail: 0.4 },
    // degrees in native aspect: Uji 2017 gives 13 and 19 (5 and 10 % error) as displayed, with the depth stretched twice; atan(tan(d) / 2) of them
    'B.tilt': { warn: 6.6, fail: 9.8 },
  },
  advice: [],
}
