import { describe, expect, it } from 'vitest'
import { inboxOf, scanOf, slotOf, visitOf } from '../../features/inbox/fixture.ts'
import { firstPlace } from '../../start-place.ts'
import { createIdleClock } from './idle.ts'
import { asksWho, personForKey } from './person-key.ts'

describe('a person’s key', () => {
  const people = ['JK', 'AB', 'CD']
  it('is the digit of their place', () =>
    expect(['1', '3', '4', '0', 'x', '10'].map((key) => personForKey(key, people))).toEqual(['JK', 'CD', null, null, null, null]))
  it('asks for the list by F2 anywhere, by P where no text is typed', () => {
    expect([asksWho('F2', true), asksWho('p', false), asksWho('P', false), asksWho('p', true), asksWho('q', false)]).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })
})

describe('the idle lock', () => {
  it('is due once nobody has moved for its minutes', () => {
    const clock = createIdleClock(0)
    expect(clock.due(4 * 60_000, 5)).toBe(false)
    clock.moved(60_000)
    expect(clock.due(5 * 60_000, 5)).toBe(false)
    expect(clock.due(6 * 60_000, 5)).toBe(true)
  })
  it('never is where it is switched off', () => expect(createIdleClock(0).due(1e9, 0)).toBe(false))
})

describe('where the window begins', () => {
  const nobody = { people: { person: null, people: [], fixed: false, locked: false, idleMinutes: 0 } }
  const empty = inboxOf([], [])
  it('is the archive at a desk without a device', () => expect(firstPlace(nobody, empty)).toBe('archive'))
  it('is the Inbox where scans have come or people are named', () => {
    expect(firstPlace(nobody, inboxOf([visitOf('1', [slotOf('OD', 'ring', ['a'])])], [scanOf('a')]))).toBe('inbox')
    expect(firstPlace({ people: { ...nobody.people, people: [{ id: '1', name: 'JK', pin: false }] } }, empty)).toBe('inbox')
  })
})
