/** The good files that are damaged, by format. Small, so that thousands can be read in seconds; each holds everything its format can. */
import { writeE2e } from '../../oct/formats/e2e/write.ts'
import { type VolContent, writeVol } from '../../oct/formats/vol.ts'
import { dicomFixtures } from './fixtures-dicom.ts'
import { xmlFixtures } from './fixtures-xml.ts'
import type { Fixture } from './mutate.ts'
import type { FormatName } from './options.ts'
import { smallE2e } from './small-e2e.ts'
import { circularGrid, posteriorPoleGrid, smallContent } from './small-vol.ts'

const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

function volFixtures(): Fixture[] {
  const grids = [circularGrid, posteriorPoleGrid]
  const file = (name: string, content: VolContent): Fixture => ({ name, files: [{ name: 'scan.vol', bytes: plain(writeVol(content)) }] })
  const { slo: _, ...withoutSlo } = smallContent('line')
  const radial = smallContent('radial', { version: 'HSF-OCT-104', grids })
  const opened = radial.frames.map((frame) => ({
    ...frame,
    bmo: [
      { x: 4, y: 20 },
      { x: 27, y: 21 },
    ] satisfies NonNullable<typeof frame.bmo>,
  }))
  return [
    file('line', smallContent('line', { grids })),
    file('ring', smallContent('ring', { laterality: 'OS', version: 'HSF-OCT-102', grids })),
    file('volume', smallContent('volume', { grids })),
    file('fast volume', smallContent('fast-volume', { version: 'HSF-OCT-101' })),
    file('radial', { ...radial, frames: opened }),
    file('radial with circles', smallContent('radial-circles', { version: 'HSF-OCT-104' })),
    file('without SLO', { ...withoutSlo, version: 'HSF-OCT-100' }),
  ]
}

function e2eFixtures(): Fixture[] {
  const file = (name: string, bytes: Uint8Array): Fixture => ({ name, files: [{ name: 'scan.e2e', bytes: plain(bytes) }] })
  return [file('two series', writeE2e(smallE2e())), file('one directory', writeE2e({ ...smallE2e(), perDirectory: 64 }))]
}

/** By the name that `--format` takes. */
export const fixtures: Record<FormatName, () => Promise<Fixture[]>> = {
  vol: async () => volFixtures(),
  e2e: async () => e2eFixtures(),
  'heyex-xml': xmlFixtures,
  dicom: dicomFixtures,
}
