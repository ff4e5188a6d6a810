/** The patient and visit ids of a DICOM file: the one place that looks at them. Reads the top of the data set, element by element, and stops behind them. */
import type { ByteSource } from '../../scan.ts'
import { readExactly } from '../bytes.ts'
import { textDecoder } from '../heyex-xml/text.ts'
import { Cursor } from './cursor.ts'
import { knownSyntax, readMeta } from './dataset.ts'

const patientId = 0x00100020
/** Admission ID: what the standard has for a visit. */
const admissionId = 0x00380010
const wide = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '))
const mostElements = 2_000
const mostBytes = 128
const undefinedLength = 0xffffffff

/**
 * Ids as they stand there, empty where there are none. A data set that is deflated, or whose sequences have no length before them, is walked no further.
 * @throws ScansideError where the file is no DICOM file that can be read
 */
export async function dicomIdentity(source: ByteSource): Promise<{ patient: string; visit: string }> {
  const meta = await readMeta(source)
  const syntax = knownSyntax(meta.syntax)
  const found = { patient: '', visit: '' }
  if (syntax.deflated) return found
  const cursor = new Cursor(source, meta.offset)
  cursor.bigEndian = syntax.bigEndian
  for (let seen = 0; seen < mostElements && source.size - cursor.position >= 8; seen++) {
    await cursor.fill(Math.min(12, source.size - cursor.position), 4096)
    const tag = cursor.tag()
    if (tag > admissionId) break
    const length = lengthOf(cursor, syntax.explicit)
    if (length === undefinedLength) {
      if (!(await skipOpen(cursor, syntax.explicit))) break
      continue
    }
    if (length > source.size - cursor.position) break
    if (tag === patientId || tag === admissionId) {
      const bytes = await readExactly(source, cursor.position, Math.min(length, mostBytes))
      found[tag === patientId ? 'patient' : 'visit'] = textDecoder()(bytes, true).split('\0')[0] ?? ''
    }
    cursor.position += length
  }
  return found
}

function lengthOf(cursor: Cursor, explicit: boolean): number {
  if (!explicit) return cursor.u32()
  const vr = cursor.letters()
  if (!wide.has(vr)) return cursor.u16()
  cursor.position += 2
  return cursor.u32()
}

/** Walks over a sequence of undefined length; false where that is not possible within bounds. */
async function skipOpen(cursor: Cursor, explicit: boolean): Promise<boolean> {
  const { source } = cursor
  let depth = 1
  for (let seen = 0; seen < mostElements; seen++) {
    if (source.size - cursor.position < 8) return false
    await cursor.fill(Math.min(12, source.size - cursor.position), 4096)
    const tag = cursor.tag()
    const mark = tag >>> 16 === 0xfffe
    const length = mark ? cursor.u32() : lengthOf(cursor, explicit)
    // Item of undefined length or a sequence inside opens; its delimiter closes.
    if (tag === 0xfffee0dd || tag === 0xfffee00d) depth -= 1
    else if (length === undefinedLength) depth += 1
    else cursor.position += length
    if (depth === 0) return true
    if (depth > 16) return false
  }
  return false
}
