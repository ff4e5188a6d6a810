/** Every format behind one door: which format a set of files is (by content), its scan, its pictures' bytes. */
import { ScansideError } from '../errors.ts'
import type { ByteSource, NamedSource, PixelRef, Scan, ScanFormat } from '../scan.ts'
import { readExactly } from './bytes.ts'
import { readDicom, sniff as sniffDicom } from './dicom/read.ts'
import { readE2e, sniff as sniffE2e } from './e2e/read.ts'
import { readHeyexXml, sniffHeyexXml } from './heyex-xml/index.ts'
import { pictureType } from './pictures/index.ts'
import { readVol, sniff as sniffVol } from './vol.ts'

export { readableSources } from './dicom/deflated.ts'

/** How many first bytes `identify` wants. */
export const identifyBytes = 1024

/** What a file is, by its first bytes. `picture`: an image another file may name; null: nothing a retinal scan is kept in. */
export function identify(first: Uint8Array): ScanFormat | 'picture' | null {
  const known = sniffVol(first) ?? sniffE2e(first) ?? sniffDicom(first)
  if (known) return known
  if (sniffHeyexXml(first)) return 'heidelberg-xml'
  return pictureType(first) ? 'picture' : null
}

/**
 * Reads a scan's metadata from a set of files, in any order. Files that belong to no scan are left aside; the first scan found is returned.
 * @throws ScansideError invalid-file or not-supported, naming the byte or the tag
 */
export async function readScan(files: readonly NamedSource[]): Promise<Scan> {
  const kinds = await Promise.all(files.map(async ({ source }) => identify(await source.read(0, Math.min(source.size, identifyBytes)))))
  const vol = kinds.indexOf('heidelberg-vol')
  if (vol >= 0) return readVol((files[vol] as NamedSource).source, vol)
  const xml = kinds.indexOf('heidelberg-xml')
  if (xml >= 0) return readHeyexXml(files, xml)
  const dicom = kinds.flatMap((kind, index) => (kind === 'dicom-opt' ? [index] : []))
  if (dicom.length > 0) return readDicom(files, dicom)
  const e2e = kinds.indexOf('heidelberg-e2e')
  if (e2e >= 0) return readE2e((files[e2e] as NamedSource).source, e2e)
  throw new ScansideError(
    'invalid-file',
    'This is no OCT scan that Scanside can read. Nothing was changed; export it from the device as RAW (.vol), XML with images, or DICOM.',
    { files: files.length, offset: 0 },
  )
}

/** The bytes of one picture as they lie in the file, its parts joined. */
export async function rawPixels(sources: readonly ByteSource[], ref: PixelRef): Promise<Uint8Array> {
  const source = sources[ref.file]
  if (source === undefined) throw new RangeError(`no file ${ref.file}`)
  const [only] = ref.parts
  if (ref.parts.length === 1 && only) return readExactly(source, only.offset, only.length)
  const whole = new Uint8Array(ref.parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of ref.parts) {
    whole.set(await readExactly(source, part.offset, part.length), at)
    at += part.length
  }
  return whole
}
