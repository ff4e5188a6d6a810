/** Long lives of an outbox: packed, sent, ill archives and crashes in any order, from a seed. Whatever came: each thing is home once and nothing is left. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { randomFromText } from '../grading/order.ts'
import { openDisk } from './disk.ts'
import { Death, dyingDisk, fakeXnat, keepRecords, type Mood, newItem } from './fakes.ts'
import { type NewItem, type Outbox, openOutbox } from './outbox.ts'

const never = new AbortController().signal
const moods: Mood[] = [
  ...(['good', 'good', 'stores-nothing', 'stores-then-resets', 'piece-then-resets', 'duplicates', 'resets', 'web-page'] as const),
  ...([401, 403, 404, 500] as const),
]
const lives = 40
const steps = 30

it.each(Array.from({ length: lives }, (_, seed) => seed))('life %i', async (seed) => {
  const folder = await mkdtemp(join(tmpdir(), 'scanside-outbox-'))
  try {
    const random = randomFromText(`outbox ${seed}`)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const xnat = fakeXnat()
    xnat.digests = random() < 0.8
    /** Records: what there is, and what of it is home. */
    const known = new Map<string, NewItem>()
    const home = new Set<string>()
    let death = new Death(-1, 'before')
    const begin = async (): Promise<Outbox> => {
      const mortal = new Death(random() < 0.3 ? Math.floor(random() * 40) : -1, pick(['before', 'after', 'torn']))
      death = mortal
      const guard = () => mortal.alive()
      xnat.before = guard
      xnat.after = () => {
        guard()
        if (mortal.steps++ === mortal.at) mortal.die()
      }
      const outbox = await openOutbox({
        disk: dyingDisk(await openDisk(folder), mortal),
        key: async () => 'ab'.repeat(32),
        recovery: null,
        archive: () => ({ id: 'xnat.example', demo: false, archive: xnat.archive }),
        now: () => new Date(),
        report: () => undefined,
      })
      keepRecords(outbox, home, mortal)
      for (const item of known.values()) if (!home.has(item.content.name) && !outbox.has(item.id)) await outbox.put(item)
      return outbox
    }
    let outbox = await begin()
    for (let step = 0; step < steps; step++) {
      const what = random()
      if (what < 0.35) {
        const item = newItem(`thing-${step}`, random() < 0.3 ? 'grading' : 'results', `{"of":${step},"by":${seed}}`)
        known.set(item.id, item)
        await outbox.put(item)
      } else if (what < 0.55) xnat.mood = pick(moods)
      else if (what < 0.9) await outbox.send(never, random() < 0.5)
      else death.dead = true
      if (death.dead) outbox = await begin()
    }
    xnat.mood = 'good'
    // A life may still end at a step; the next one goes on.
    for (let life = 0; life < 20 && (life === 0 || home.size < known.size || (await readdir(folder)).length > 0); life++) {
      outbox = await begin()
      await outbox.send(never, true)
      await outbox.send(never, true)
    }
    expect([...home].sort()).toEqual([...known.values()].map(({ content }) => content.name).sort())
    for (const { content, bytes } of known.values()) {
      expect(Buffer.from(xnat.files.get(content.name)?.bytes ?? [])).toEqual(bytes)
      expect(xnat.stored.filter((name) => name === content.name)).toHaveLength(1)
    }
    expect(await readdir(folder)).toEqual([])
    expect(outbox.list()).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
