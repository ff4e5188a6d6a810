import { beforeEach, describe, expect, it } from 'vitest'
import { type Lab, openLab } from '../store/lab.ts'
import { createPeople, pinWaitMs } from './people.ts'
import { hashPin, isPin } from './pin.ts'

const now = () => new Date('2027-03-14T10:00:00Z')
let lab: Lab
let waited: number[]
beforeEach(() => {
  lab = openLab({ path: null, key: null, chainKey: '00'.repeat(32), now })
  waited = []
})
const wait = async (ms: number) => {
  waited.push(ms)
}
const audited = () => lab.chain.lines().map(({ body }) => JSON.parse(body) as { by: string; what: string })
const code = (work: () => unknown) => {
  try {
    work()
    return 'fine'
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('a site’s people', () => {
  const room = async () =>
    createPeople({
      site: {
        people: [
          { id: 'jk', name: 'J. K.', pin: await hashPin('4711') },
          { id: 'mt', name: 'M. T.', pin: null },
        ],
        idleMinutes: 10,
      },
      lab,
      now,
      wait,
    })

  it('decide only once they have picked their name', async () => {
    const people = await room()
    expect(people.status()).toMatchObject({ person: null, fixed: true, locked: false, idleMinutes: 10 })
    expect(people.status().people).toEqual([
      { id: 'jk', name: 'J. K.', pin: true },
      { id: 'mt', name: 'M. T.', pin: false },
    ])
    expect(code(() => people.needed())).toBe('forbidden')
    await people.handlers['people.pick']({ id: 'mt', pin: null })
    expect(people.needed()).toEqual({ id: 'mt', name: 'M. T.' })
    people.handlers['people.leave']()
    expect(code(() => people.needed())).toBe('forbidden')
  })

  it('hand over, and the record says so by ids', async () => {
    const people = await room()
    await people.handlers['people.pick']({ id: 'mt', pin: null })
    await people.handlers['people.pick']({ id: 'jk', pin: '4711' })
    expect(people.status().person?.id).toBe('jk')
    expect(audited().map(({ by, what }) => `${by} ${what}`)).toEqual(['mt people: picked', 'mt people: handed over to jk', 'jk people: picked'])
    expect(JSON.stringify(audited())).not.toContain('M. T.')
  })

  it('wait longer with each wrong PIN', async () => {
    const people = await room()
    const tryIt = (pin: string | null) =>
      Promise.resolve(people.handlers['people.pick']({ id: 'jk', pin })).then(
        () => 'fine',
        (error: { code: string }) => error.code,
      )
    expect(await tryIt(null)).toBe('unauthorized')
    expect(await Promise.all(['1', '2', '3', '4', '5'].map(tryIt))).toEqual(Array(5).fill('unauthorized'))
    expect(waited).toEqual([0, 0, 0, 1000, 2000])
    expect(await tryIt('4711')).toBe('fine')
    expect(waited.at(-1)).toBe(4000)
    people.handlers['people.leave']()
    await tryIt('4711')
    expect(waited.at(-1)).toBe(0)
    expect(pinWaitMs(40)).toBe(60_000)
  })

  it('lock: nobody decides until a name is picked, also after a restart', async () => {
    const people = await room()
    await people.handlers['people.pick']({ id: 'mt', pin: null })
    let told = 0
    people.onChange(() => told++)
    people.handlers['people.lock']()
    expect(told).toBe(1)
    expect(people.locked()).toBe(true)
    expect(code(() => people.needed())).toBe('forbidden')
    people.handlers['people.leave']()
    expect(people.locked()).toBe(true)
    const again = await room()
    expect(again.locked()).toBe(true)
    await again.handlers['people.pick']({ id: 'mt', pin: null })
    expect(again.locked()).toBe(false)
  })

  it('are not added to', async () => {
    const people = await room()
    expect(code(() => people.handlers['people.add']({ name: 'X' }))).toBe('forbidden')
  })
})

describe('a desk’s own list', () => {
  it('grows by a name, which is picked, and is kept', () => {
    const people = createPeople({ site: null, lab, now })
    expect(people.status()).toMatchObject({ people: [], fixed: false, idleMinutes: 0 })
    people.handlers['people.add']({ name: '  Ada   Muster ' })
    expect(people.needed().name).toBe('Ada Muster')
    people.handlers['people.add']({ name: 'ada muster' })
    expect(people.status().people).toHaveLength(1)
    const again = createPeople({ site: null, lab, now })
    expect(again.status()).toMatchObject({ person: null, people: [{ name: 'Ada Muster', pin: false }] })
    expect(again.nameOf(again.status().people[0]?.id ?? '')).toBe('Ada Muster')
    expect(again.nameOf('gone')).toBe('gone')
  })
})

describe('a PIN', () => {
  it('is told by its hash, whose text holds no PIN', async () => {
    const text = await hashPin('4711')
    expect(text).not.toContain('4711')
    expect(await isPin('4711', text)).toBe(true)
    expect(await isPin('4712', text)).toBe(false)
    expect(await isPin('4711', 'scrypt$1$8$1$a$b')).toBe(false)
    expect(await hashPin('4711')).not.toBe(text)
  })
})
