/** What the viewer is measured with: one generated volume, as a RAW export and as a DICOM of the same B-scans in lossless JPEG 2000. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesSource } from '../../oct/formats/bytes.ts'
import { writeDicom } from '../../oct/formats/dicom/write.ts'
import { rawPixels } from '../../oct/formats/index.ts'
import { greyOfF32 } from '../../oct/formats/reflectivity.ts'
import { readVol } from '../../oct/formats/vol.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { encodeJ2k } from '../support/codecs.ts'

export interface ViewerFixture {
  name: string
  path: string
  /** bytes of all B-scans at 8 bits */
  grey: number
  frames: number
  /** ms to the first B-scan on the screen */
  goal: number
}

const size = { width: 768, height: 496, frames: 61 }

/** Both files in the system's folder for temporary ones. The DICOM takes a while and is kept there for as long as its B-scans stay the same. */
export async function viewerFixtures(): Promise<ViewerFixture[]> {
  const folder = join(tmpdir(), 'scanside-bench')
  mkdirSync(folder, { recursive: true })
  const vol = synthesise({ pattern: 'volume', laterality: 'OD', seed: 61, ...size })
  const digest = createHash('sha256').update(vol).digest('hex').slice(0, 16)
  const keep = async (name: string, make: () => Promise<Uint8Array> | Uint8Array) => {
    const path = join(folder, name)
    if (!existsSync(path)) {
      writeFileSync(`${path}.part`, await make())
      renameSync(`${path}.part`, path)
    }
    return path
  }
  const facts = { grey: size.width * size.height * size.frames, frames: size.frames }
  return [
    { name: 'RAW export', path: await keep(`${digest}.vol`, () => vol), goal: 150, ...facts },
    { name: 'DICOM, JPEG 2000', path: await keep(`${digest}-1.dcm`, () => dicom(vol)), goal: 400, ...facts },
  ]
}

async function dicom(vol: Uint8Array): Promise<Uint8Array> {
  const source = bytesSource(vol)
  const scan = await readVol(source)
  const coded: Uint8Array[] = []
  for (const frame of scan.frames) {
    coded.push(await encodeJ2k(greyOfF32(await rawPixels([source], frame.pixels)), { ...size, bits: 8, lossless: true }))
  }
  return writeDicom({
    kind: 'opt',
    syntax: 'jpeg-2000-lossless',
    ...size,
    laterality: 'R',
    spacing: { axial: scan.spacing.axial, lateral: scan.spacing.lateral },
    frame: () => new Uint8Array(0),
    encode: (_, index) => coded[index] as Uint8Array,
  })
}
