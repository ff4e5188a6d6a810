/** Part 5: an archive that lies, floods, sends elsewhere, and shows certificates it should not have. */
import type { ChaosCase, ChaosPart } from './part.ts'
import { type HostileArchive, startHostile } from './part5-archive.ts'
import { bodyCases } from './part5-bodies.ts'
import { fieldCases } from './part5-fields.ts'
import { placeCases } from './part5-places.ts'

let archive: HostileArchive | null = null
let before = 0
let highest = 0

const started = (): HostileArchive => {
  if (!archive) throw new Error('The archive is not open.')
  return archive
}

/** What one case may cost while it lasts, MiB of resident memory. */
const mayCost = 900

export const part: ChaosPart = {
  number: 5,
  title: 'a hostile archive: a sentence, bounded memory, no secret to another host, nothing on disk',
  short: 60,
  async open() {
    archive = await startHostile()
    before = archive.memory()
    highest = before
  },
  async cases() {
    const at = started()
    const all = [...placeCases(at), ...bodyCases(at), ...fieldCases(at)]
    return all.map(
      ({ name, run }): ChaosCase => ({
        name,
        async run() {
          const looking = setInterval(() => {
            highest = Math.max(highest, at.memory())
          }, 200)
          try {
            await run()
          } finally {
            clearInterval(looking)
          }
          await at.sound()
          if (highest > before + mayCost) throw new Error(`The application has grown to ${Math.round(highest)} MiB.`)
        },
      }),
    )
  },
  async close() {
    if (!archive) return ''
    const { secrets, elsewhere, clear } = archive
    const asked = `${elsewhere.asked.length} requests at another host, ${clear.asked.length} in the clear, ${secrets.size} secrets, none of them heard`
    await archive.stop()
    archive = null
    return `${asked}; memory ${Math.round(before)} -> at most ${Math.round(highest)} MiB`
  },
}
