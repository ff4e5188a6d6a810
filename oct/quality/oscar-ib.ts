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
    'S.snr': { warn: 16, fail: 16 },
    'S.cnr': { warn: 4, fail: 2.5 },
  },
  advice: [],
}
