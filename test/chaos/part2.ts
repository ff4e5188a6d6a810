/** Part 2: the container engine is killed and comes back, and the archive fails in every way it can, at each stage. */
import { createOrdeal } from './ordeal.ts'
import type { ChaosPart } from './part.ts'
import { type ArchiveFigures, archiveCases } from './part2-archive.ts'
import { type EngineFigures, engineCases } from './part2-engine.ts'

const ordeal = createOrdeal()
const engine: EngineFigures = { kills: 0, done: 0, failed: 0 }
const archive: ArchiveFigures = { faults: 0, waited: 0, begunAnew: 0, home: 0 }

export const part: ChaosPart = {
  number: 2,
  title:
    'kill -9 of a container engine and its return; the archive’s faults at each stage: done or failed in plain words, every result home once, nothing left',
  short: 6,
  open: ordeal.open,
  cases: async () => [...(await engineCases(ordeal, engine)), ...archiveCases(ordeal, archive)],
  async close() {
    await ordeal.close()
    const ofEngine = `${engine.kills} kills of the engine: ${engine.done} runs done, ${engine.failed} failed in plain words`
    return `${ofEngine}; ${archive.faults} faults of the archive: ${archive.home} results home once, ${archive.waited} waited, ${archive.begunAnew} runs begun anew`
  },
}
