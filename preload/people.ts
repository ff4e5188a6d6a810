/** Who sits here: a part of the contract. Apart from the archive's sign-in, which may stay one for the whole desk. */
import { z } from 'zod'
import { method } from './method.ts'

const id = z.string().min(1).max(200)
const nothing = z.void()

export const peopleSchema = z.object({
  /** Who decides and grades now; null: the machine judges, nobody decides. */
  person: z.object({ id, name: z.string().max(200) }).nullable(),
  /** Who can be picked, in the order of their keys 1, 2, …; `pin`: asked for one. */
  people: z.array(z.object({ id, name: z.string().max(200), pin: z.boolean() })).max(200),
  /** True where the site file fixes the list. */
  fixed: z.boolean(),
  /** The idle lock: no image and no ID is shown until somebody picks their name. */
  locked: z.boolean(),
  /** Minutes without a key or a move of the pointer; 0: never. */
  idleMinutes: z.number().min(0).max(600),
})
export type People = z.infer<typeof peopleSchema>

export const peopleMethods = {
  /** Picks a name and unlocks. `unauthorized` where the PIN is wrong; after three wrong ones each try waits longer. Runs go on. */
  'people.pick': method(z.object({ id, pin: z.string().max(20).nullable() }), nothing),
  /** Adds a name to this desk's own list and picks it; `forbidden` where the site fixes the list. */
  'people.add': method(z.object({ name: z.string().min(1).max(100) }), nothing),
  'people.leave': method(nothing, nothing),
  /** The window tells that nobody has moved for `idleMinutes`, or a person locks by hand. */
  'people.lock': method(nothing, nothing),
} as const
