import { describe, expect, it } from 'vitest'
import { expiryWarning, warningsOf } from './warnings.ts'

const now = Date.parse('2026-06-01T12:00:00Z')
const fine = {
  roles: ['member', 'reader'],
  expiresAt: null,
  links: true,
  means: 'application-credential' as const,
  engine: 'nova' as const,
  limits: null,
  own: 0,
  now,
  clock: null,
}
/** Always said: what a token of the archive may do. */
const always = 1

describe('warnings', () => {
  it.each([
    ['a modest account', {}, null],
    ['roles as clouds with a load balancer give them', { roles: ['member', 'reader', 'load-balancer_member'] }, null],
    ['an administrator', { roles: ['admin', 'member', 'reader'] }, 'more in the cloud than Scanside needs (admin)'],
    ['a credential of member alone', { roles: ['member'] }, 'without the role “reader”'],
    ['somebody who may only look', { roles: ['reader'] }, 'start no machine'],
    ['no links', { links: false }, 'user_data'],
    ['a password', { means: 'password' as const }, 'application credential can be withdrawn'],
    ['containers', { engine: 'zun' as const }, 'Zun'],
    ['another clock', { clock: 'The clock is wrong.' }, 'The clock is wrong.'],
    [
      'a full project',
      { own: 1, limits: { instances: { used: 6, max: 5 }, cores: { used: 0, max: -1 }, ramMiB: { used: 0, max: -1 } } },
      'Others use all machines',
    ],
    [
      'its own machines fill it',
      { own: 5, limits: { instances: { used: 5, max: 5 }, cores: { used: 0, max: -1 }, ramMiB: { used: 0, max: -1 } } },
      null,
    ],
  ])('%s', (_, different, sentence) => {
    const told = warningsOf({ ...fine, ...different })
    expect(told.at(-1)).toContain('rights in that project alone')
    if (sentence === null) expect(told).toHaveLength(always)
    else expect(told.join('\n')).toContain(sentence)
  })

  it.each([
    [null, null],
    ['2026-06-16T12:00:01Z', null],
    ['2026-06-15T11:00:00Z', 'in 13 days'],
    ['2026-06-02T13:00:00Z', 'tomorrow'],
    ['2026-06-01T13:00:00Z', 'today'],
    ['2026-06-01T11:00:00Z', 'has ended'],
    ['never', null],
  ])('a credential that ends %s', (expiresAt, sentence) => {
    const told = expiryWarning(expiresAt, now)
    if (sentence === null) expect(told).toBeNull()
    else expect(told).toContain(sentence)
  })
})
