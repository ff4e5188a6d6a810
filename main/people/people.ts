/** Who sits at this desk: picked by one key, locked when nobody moves. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import type { People, peopleMethods } from '../../preload/people.ts'

export interface PeopleRoom {
  status(): People
  /** The person who decides; `forbidden` with what to do where nobody has picked their name or the desk is locked. */
  needed(): { id: string; name: string }
  locked(): boolean
  /** Told after each change. */
  onChange(listener: () => void): void
  handlers: Pick<Handlers, keyof typeof peopleMethods>
}

/** Builds the room; nobody has picked their name yet. */
export function createPeople(): PeopleRoom {
  const later = () => {
    throw new ScansideError('not-supported', 'This desk keeps no list of people yet.')
  }
  return {
    status: () => ({ person: null, people: [], fixed: false, locked: false, idleMinutes: 0 }),
    needed: later,
    locked: () => false,
    onChange: () => {},
    handlers: { 'people.pick': later, 'people.add': later, 'people.leave': later, 'people.lock': later },
  }
}
