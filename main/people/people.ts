/** Who sits at this desk: picked by one key, locked when nobody moves. The one door to this folder. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import type { People, peopleMethods } from '../../preload/people.ts'
import type { Lab } from '../store/lab.ts'
import { isPin } from './pin.ts'

/** A person of the site file's list; `pin` as `npm run pin` prints it. */
export interface SitePerson {
  id: string
  name: string
  pin: string | null
}

export interface PeopleRoom {
  status(): People
  /** The person who decides; `forbidden` with what to do where nobody has picked their name or the desk is locked. */
  needed(): { id: string; name: string }
  locked(): boolean
  /** A person's name by the id that records keep; the id where they are no longer in the list. */
  nameOf(id: string): string
  /** Told after each change. */
  onChange(listener: () => void): void
  handlers: Pick<Handlers, keyof typeof peopleMethods>
}

export interface PeopleOptions {
  /** The site's list; null: this desk keeps its own. */
  site: { people: readonly SitePerson[]; idleMinutes: number } | null
  lab: Pick<Lab, 'settings' | 'chain' | 'readOnly'>
  now: () => Date
  /** ms */
  wait?: (ms: number) => Promise<unknown>
}

/** Wrong PINs that are answered at once; each further one waits twice as long, up to a minute. */
const freeTries = 3
const longestWaitMs = 60_000
const mostPeople = 200
const ownListName = 'people'
const lockedName = 'people-locked'

const ownList = z.array(z.object({ id: z.string().min(1).max(200), name: z.string().min(1).max(200) })).max(mostPeople)

/** ms to wait before a PIN is looked at, after so many wrong ones in a row. */
export const pinWaitMs = (wrong: number): number => (wrong < freeTries ? 0 : Math.min(longestWaitMs, 1000 * 2 ** (wrong - freeTries)))

/** Builds the room. Nobody has picked their name yet; a desk that was locked when it closed is still locked. */
export function createPeople({ site, lab, now, wait = sleep }: PeopleOptions): PeopleRoom {
  const listeners = new Set<() => void>()
  const { settings, chain } = lab
  const own = (): SitePerson[] => {
    try {
      return ownList.parse(JSON.parse(settings.get(ownListName) ?? '[]')).map((person) => ({ ...person, pin: null }))
    } catch {
      return []
    }
  }
  const fixed = site !== null && site.people.length > 0
  let people: readonly SitePerson[] = fixed ? site.people : own()
  let person: SitePerson | null = null
  let locked = settings.get(lockedName) === '1' && people.length > 0
  const wrong = new Map<string, number>()
  // One PIN at a time: many asked at once wait as long as one after the other.
  let trying: Promise<unknown> = Promise.resolve()

  const audit = (who: string, what: string) => {
    if (!lab.readOnly) chain.audit(now().toISOString(), who, what, null)
  }
  const change = (next: SitePerson | null, lock: boolean) => {
    person = next
    if (locked !== lock && !lab.readOnly) settings.set(lockedName, lock ? '1' : null)
    locked = lock
    for (const listener of listeners) listener()
  }
  const sit = (next: SitePerson) => {
    if (person && person.id !== next.id) audit(person.id, `people: handed over to ${next.id}`)
    audit(next.id, locked ? 'people: unlocked' : 'people: picked')
    change(next, false)
  }
  const checkPin = async ({ id, pin }: SitePerson, given: string | null): Promise<void> => {
    if (pin === null) return
    if (given === null) throw new ScansideError('unauthorized', 'This name is kept with a PIN. Type it to go on.')
    const before = wrong.get(id) ?? 0
    await wait(pinWaitMs(before))
    if (await isPin(given, pin)) {
      wrong.delete(id)
      return
    }
    wrong.set(id, before + 1)
    audit(id, 'people: wrong PIN')
    const seconds = Math.round(pinWaitMs(before + 1) / 1000)
    throw new ScansideError(
      'unauthorized',
      `That is not the PIN of this name. Nothing was changed; try again${seconds > 0 ? `, the next try is looked at after ${seconds} s` : ''}.`,
      { tries: before + 1 },
    )
  }
  return {
    status: () => ({
      person: person && { id: person.id, name: person.name },
      people: people.map(({ id, name, pin }) => ({ id, name, pin: pin !== null })),
      fixed,
      locked,
      idleMinutes: site?.idleMinutes ?? 0,
    }),
    needed: () => {
      if (locked) throw new ScansideError('forbidden', 'This desk is locked. Pick your name to go on; what runs goes on meanwhile.')
      if (!person) throw new ScansideError('forbidden', 'Pick your name first, so that the record says who decided. Nothing was changed.')
      return { id: person.id, name: person.name }
    },
    locked: () => locked,
    nameOf: (id) => people.find((each) => each.id === id)?.name ?? id,
    onChange: (listener) => listeners.add(listener),
    handlers: {
      'people.pick': ({ id, pin }) => {
        const next = people.find((each) => each.id === id)
        if (!next) throw new ScansideError('not-found', 'This name is not in this desk’s list. Pick another.')
        const turn = trying.then(async () => {
          await checkPin(next, pin)
          sit(next)
        })
        trying = turn.catch(() => undefined)
        return turn
      },
      'people.add': ({ name }) => {
        if (fixed) throw new ScansideError('forbidden', 'The site file of this desk fixes the list of people. Ask your administrator to add a name.')
        const plain = name.trim().replace(/\s+/g, ' ')
        if (plain === '') throw new ScansideError('invalid-argument', 'Type a name. Nothing was changed.')
        if (people.length >= mostPeople) throw new ScansideError('quota', `This desk’s list holds ${mostPeople} names already. Nothing was changed.`)
        const known = people.find((each) => each.name.toLowerCase() === plain.toLowerCase())
        if (known) return sit(known)
        const added: SitePerson = { id: randomUUID(), name: plain, pin: null }
        people = [...people, added]
        settings.set(ownListName, JSON.stringify(people.map((each) => ({ id: each.id, name: each.name }))))
        sit(added)
      },
      'people.leave': () => {
        if (person) audit(person.id, 'people: left')
        change(null, locked)
      },
      'people.lock': () => {
        if (locked) return
        audit(person?.id ?? 'nobody', 'people: locked')
        change(null, true)
      },
    },
  }
}
