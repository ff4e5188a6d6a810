/** The good files that are damaged, by format. Small, so that thousands can be read in seconds; each holds everything its format can. */
import { ascii } from '../../oct/formats/bytes.ts'
import {
  container,
  containerBytes,
  directory,
  directoryBytes,
  entry,
  entryBytes,
  marks,
  payload,
  types,
  versionBytes,
} from '../../oct/formats/e2e/layout.ts'
import { writeE2e } from '../../oct/formats/e2e/write.ts'
import { type VolContent, writeVol } from '../../oct/formats/vol.ts'
import { block, blockOffset, header, layoutBytes } from '../../oct/formats/vol-layout.ts'
import { contentLayout } from '../../oct/formats/vol-write.ts'
import { dicomFixtures } from './fixtures-dicom.ts'
import { xmlFixtures } from './fixtures-xml.ts'
import type { Fixture } from './mutate.ts'
import type { FormatName } from './options.ts'
import { smallE2e } from './small-e2e.ts'
import { circularGrid, posteriorPoleGrid, smallContent } from './small-vol.ts'

const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** Sizes and counts of the header and of each B-scan's, and of the grids. */
function volNumbers(content: VolContent): number[][] {
  const layout = contentLayout({ ...content, frames: content.frames.length })
  const end = layoutBytes(layout)
  return [
    [header.width, header.frames, header.height, header.sloWidth, header.sloHeight, header.blockHeader, header.pattern],
    [header.gridType, header.gridOffset, header.secondGridType, header.secondGridOffset],
    content.frames.flatMap((_, index) =>
      [block.headerSize, block.layers, block.layerOffset, block.openingLeft, block.openingLeft + 8].map((at) => blockOffset(layout, index) + at),
    ),
    // A circular grid's type and, 132 bytes later, a rectangular one's type, rows and columns.
    [0, 132, 136, 140].map((at) => end + at),
  ]
}

/** Of directories their counts and neighbours, of entries and containers where things are and what, of images and contours their sizes. */
function e2eNumbers(bytes: Uint8Array): number[][] {
  const directories = [versionBytes + directory.current]
  const entries: number[] = []
  const containers: number[] = []
  const contents: number[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = versionBytes + directoryBytes; at + directoryBytes <= bytes.byteLength; at++) {
    const mark = ascii(bytes, at, 12)
    if (mark === marks.container) {
      containers.push(at + container.size, at + container.type)
      const type = view.getUint32(at + container.type, true)
      const fields = type === types.image ? payload.image : type === types.contour ? payload.contour : undefined
      if (fields !== undefined) contents.push(...Object.values(fields).map((field) => at + containerBytes + field))
    }
    if (mark !== marks.directory) continue
    directories.push(at + directory.count, at + directory.previous)
    const end = at + directoryBytes + entryBytes * view.getUint32(at + directory.count, true)
    for (let place = at + directoryBytes; place < end; place += entryBytes) entries.push(...Object.values(entry).map((field) => place + field))
  }
  return [directories, entries, containers, contents]
}

function volFixtures(): Fixture[] {
  const grids = [circularGrid, posteriorPoleGrid]
  const file = (name: string, content: VolContent): Fixture => ({
    name,
    files: [{ name: 'scan.vol', bytes: plain(writeVol(content)), numbers: volNumbers(content) }],
  })
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
  const file = (name: string, bytes: Uint8Array): Fixture => ({
    name,
    files: [{ name: 'scan.e2e', bytes: plain(bytes), numbers: e2eNumbers(bytes) }],
  })
  return [file('two series', writeE2e(smallE2e())), file('one directory', writeE2e({ ...smallE2e(), perDirectory: 64 }))]
}

/** By the name that `--format` takes. */
export const fixtures: Record<FormatName, () => Promise<Fixture[]>> = {
  vol: async () => volFixtures(),
  e2e: async () => e2eFixtures(),
  'heyex-xml': xmlFixtures,
  dicom: dicomFixtures,
}
