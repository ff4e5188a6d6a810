import { expect, it } from 'vitest'
import type { Criterion, Status } from '../results.ts'
import { defaultProfile } from './profile.ts'
import { decide } from './verdict.ts'

const criterion = (id: string, status: Status): Criterion => ({
  id,
  status,
  value: status === 'unknown' ? null : 1,
  unit: '',
  threshold: '',
  evidence: 'own',
  reason: '',
})

it.each<[string, [string, Status][], string, string, string[]]>([
  [
    'all pass',
    [
      ['completeness', 'pass'],
      ['S', 'pass'],
      ['S.cnr', 'pass'],
    ],
    'usable',
    'keep',
    [],
  ],
  [
    'open criteria never block',
    [
      ['S', 'pass'],
      ['R', 'unknown'],
      ['mTCI', 'unknown'],
    ],
    'usable',
    'keep',
    [],
  ],
  [
    'an advisory warning is shown, no more',
    [
      ['S', 'pass'],
      ['S.snr', 'warn'],
    ],
    'usable',
    'keep',
    [],
  ],
  [
    'an advisory unknown is shown, no more',
    [
      ['S', 'pass'],
      ['S.cnr', 'unknown'],
    ],
    'usable',
    'keep',
    [],
  ],
  [
    'an advisory fail alone is ambiguous',
    [
      ['S', 'pass'],
      ['S.cnr', 'fail'],
    ],
    'ambiguous',
    'ask-reader',
    ['S.cnr'],
  ],
  [
    'a required warning is ambiguous',
    [
      ['S', 'warn'],
      ['S.cnr', 'pass'],
    ],
    'ambiguous',
    'ask-reader',
    ['S'],
  ],
  ['a required unknown is ambiguous', [['S', 'unknown']], 'ambiguous', 'ask-reader', ['S']],
  [
    'missing layer lines alone are to be corrected',
    [
      ['completeness', 'unknown'],
      ['S', 'pass'],
    ],
    'ambiguous',
    'correct-layers',
    ['completeness'],
  ],
  [
    'a required fail is unusable',
    [
      ['completeness.upper', 'fail'],
      ['S', 'warn'],
    ],
    'unusable',
    'retake',
    ['completeness.upper'],
  ],
  ['a criterion the profile does not know never counts', [['X', 'fail']], 'usable', 'keep', []],
])('%s', (_, criteria, verdict, action, decidedBy) => {
  expect(
    decide(
      criteria.map(([id, status]) => criterion(id, status)),
      defaultProfile,
    ),
  ).toEqual({ verdict, action, decidedBy })
})

it('a graded threshold of our own gives at most ambiguous, even where it is required', () => {
  const profile = { ...defaultProfile, rules: { 'S.cnr': 'required' as const } }
  expect(decide([criterion('S.cnr', 'fail')], profile).verdict).toBe('ambiguous')
})

it('a departure from the protocol is no weak light: with uneven light it makes two causes', () => {
  const profile = { ...defaultProfile, rules: { ...defaultProfile.rules, O: 'required' as const } }
  expect(decide([criterion('O.protocol', 'fail'), criterion('I', 'fail')], profile).verdict).toBe('unusable')
  expect(decide([criterion('O.blur', 'fail'), criterion('I', 'fail')], profile).verdict).toBe('ambiguous')
})
