/** What a profile's fields cannot tell one by one: names that mean nothing here, limits the wrong way round, ranges without anything in them. */
import { oscarIb2 } from './oscar-ib.ts'
import type { OwnProfile, Profile } from './profile.ts'

export interface ProfileMistake {
  /** The field, as `limits.C.ring`. */
  field: string
  /** A part of a sentence. */
  what: string
}

/** Criteria that are good when high; all others are good when low. */
const goodWhenHigh: readonly string[] = ['completeness', 'S.snr', 'S.cnr', 'A', 'I.vignette', 'I.bscan', 'B']
/** Devices whose index is no dB, as their names begin. */
const noDecibels = /^(carl )?zeiss|^cirrus|^topcon/i

const withoutLimits = ['O.protocol', 'F.pattern']
const known = (base: Profile): Set<string> => new Set([...Object.keys(base.limits), ...Object.keys(base.rules), ...withoutLimits])

/** The first mistake of a site's or project's own profile; null where there is none. */
export function mistakeIn(own: OwnProfile): ProfileMistake | null {
  const ids = known(oscarIb2)
  const noCriterion = 'there is no such criterion'
  for (const id of Object.keys(own.rules ?? {})) if (!ids.has(id)) return { field: `rules.${id}`, what: noCriterion }
  for (const [id, { warn, fail }] of Object.entries(own.limits ?? {})) {
    const field = `limits.${id}`
    if (!Object.hasOwn(oscarIb2.limits, id)) return { field, what: 'no criterion of this name has limits that can be set here' }
    if (goodWhenHigh.includes(id) ? warn < fail : warn > fail) return { field, what: 'a fail would begin before a warning' }
  }
  for (const [i, { criterion }] of (own.advice ?? []).entries()) if (!ids.has(criterion)) return { field: `advice.${i}.criterion`, what: noCriterion }
  for (const [i, { device, quality }] of (own.devices ?? []).entries()) {
    if (quality && noDecibels.test(device)) return { field: `devices.${i}.quality`, what: 'the index of this device is no dB' }
  }
  return mistakeInProtocols(own.protocols ?? [])
}

function mistakeInProtocols(protocols: Profile['protocols']): ProfileMistake | null {
  for (const [i, protocol] of protocols.entries()) {
    if (protocols.findIndex(({ id }) => id === protocol.id) !== i) return { field: `protocols.${i}.id`, what: 'two protocols have this id' }
    for (const name of ['frames', 'art', 'length', 'breadth', 'ringRadius', 'aScans'] as const) {
      const range = protocol[name]
      if (range && range.min > range.max) return { field: `protocols.${i}.${name}`, what: 'the least is more than the most' }
    }
  }
  return null
}
