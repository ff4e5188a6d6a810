/** The size of a JPEG (ITU T.81), by its frame header. */
import type { ByteSource } from '../../scan.ts'
import { readExactly } from '../bytes.ts'
import { checkSide, damaged, type PictureSize } from './bounds.ts'

/** Segments before the frame header; real files have about ten, each read costs one range. */
const maxSegments = 256

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** Width and height of a JPEG in px. */
export async function jpgSize(source: ByteSource): Promise<PictureSize> {
  let at = 2
  for (let segment = 0; segment < maxSegments && at + 9 <= source.size; segment++) {
    const head = await readExactly(source, at, 9)
    const marker = head[1] as number
    if (head[0] !== 0xff) throw damaged('JPEG marker', at)
    // Any number of FF may stand before a marker.
    if (marker === 0xff) {
      at += 1
      continue
    }
    const length = ((head[2] as number) << 8) | (head[3] as number)
    if (length < 2 || marker === 0xda || marker === 0xd9) throw damaged('JPEG segment', at, { marker, length })
    if (isFrame(marker)) {
      const size = { height: ((head[5] as number) << 8) | (head[6] as number), width: ((head[7] as number) << 8) | (head[8] as number) }
      checkSide(size, 'JPEG frame header', at)
      return size
    }
    at += 2 + length
  }
  throw damaged('JPEG frame header', Math.min(at, source.size))
}
