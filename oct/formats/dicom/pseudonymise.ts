/**
 * A DICOM file without what says whose it is, as it streams by: identity attributes (`identity-tags.ts`) are overwritten where they lie, at any
 * depth, so that every length and every offset stays. Pseudonymised, never anonymous: the retina identifies, UIDs and times stay, and what is
 * burned into a picture is not seen.
 */
import { ScansideError } from '../../errors.ts'
import { holdsIdentity } from './identity-tags.ts'
import { syntaxOf, type TransferSyntax, transferSyntaxes } from './syntaxes.ts'
import { tag as tags } from './tags.ts'

/** Preamble and `DICM`. */
const before = 132
const undefinedLength = 0xffffffff
const itemTag = 0xfffee000
const itemEnd = 0xfffee00d
const sequenceEnd = 0xfffee0dd
const deepest = 16
const texts = new Set('AE AS CS DA DS DT IS LO LT PN SH ST TM UC UR UT'.split(' '))
const shortForms = new Set('AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' '))
const longForms = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '))
/** Longest transfer syntax UID (PS3.5, 9.1), padded. */
const longestUid = 64
const space = 0x20

/** One file, fed in pieces in order; `end` after the last. Pieces that come out are those that went in, emptied; a few bytes may wait. */
export interface DicomPseudonymiser {
  /** @throws ScansideError not-supported where the file cannot be walked: nothing more of it may be given away */
  push(chunk: Uint8Array): Uint8Array
  /** What waited. @throws ScansideError not-supported where the file ends too early */
  end(): Uint8Array
}

/** Where the walk is: in a data set, among a sequence's items, or among a picture's fragments. */
interface Level {
  holds: 'elements' | 'items' | 'fragments'
  /** Byte after the last; absent where a delimiter ends it. */
  end?: number
  /** Byte no element may pass. */
  limit: number
  explicit: boolean
  /** Everything within is emptied. */
  emptied: boolean
}

function cannot(why: string): ScansideError {
  return new ScansideError(
    'not-supported',
    `This DICOM file cannot be given to a container without the patient’s name: ${why}. The original is untouched and nothing was analysed; ` +
      'export the scan again from the device as uncompressed DICOM or as RAW (.vol).',
  )
}

/** Begins a file; `size` of it in bytes, where known: no element may claim more. */
export function pseudonymiseDicom(size: number = Number.POSITIVE_INFINITY): DicomPseudonymiser {
  const stack: Level[] = [{ holds: 'elements', limit: size, explicit: true, emptied: false }]
  let held = new Uint8Array(0)
  /** Byte of the file at which the next thing to look at begins. */
  let position = 0
  /** Of the value that is passing: bytes to come, and what they become; null: they stay. */
  let left = before
  let fill: number | null = 0
  let syntax: TransferSyntax | null = null
  let inMeta = true
  let uid = ''
  let pixelsSeen = false
  /** Byte of the file at which the element being looked at begins. */
  let begun = 0

  const top = () => stack[stack.length - 1] as Level
  const pass = (length: number, become: number | null) => {
    left = length
    fill = become
  }
  const enter = (holds: Level['holds'], length: number, explicit: boolean, emptied: boolean) => {
    if (stack.length > 2 * deepest) throw cannot('its header is nested deeper than any device nests')
    const end = length === undefinedLength ? {} : { end: position + length }
    stack.push({ holds, ...end, limit: end.end ?? top().limit, explicit, emptied })
  }
  const fits = (length: number) => {
    if (length > top().limit - position) throw cannot('an element of its header claims more bytes than there are')
  }

  /** Reads what begins at `at`; answers how many bytes it took, or 0 where more are needed first. */
  const step = (bytes: Uint8Array, at: number, last: boolean): number => {
    const available = bytes.length - at
    if (available < 8) return 0
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, available)
    if (inMeta && view.getUint16(0, true) !== 2) {
      syntax = syntaxOf(uid) ?? null
      if (syntax === null) throw cannot('it does not say how it is written, or in a way that Scanside does not know')
      if (syntax.uid === transferSyntaxes.deflated.uid) throw cannot('it is deflated')
      inMeta = false
      top().explicit = syntax.explicit
    }
    const little = inMeta || !syntax?.bigEndian
    const number = view.getUint16(0, little) * 0x10000 + view.getUint16(2, little)
    const level = top()
    if (number >= itemTag && number <= sequenceEnd) {
      position += 8
      delimiter(level, number, view.getUint32(4, little))
      return 8
    }
    if (level.holds !== 'elements') throw cannot('a sequence of its header holds something else than items')
    const { explicit } = level
    const vr = explicit ? String.fromCharCode(view.getUint8(4), view.getUint8(5)) : ''
    const long = explicit && longForms.has(vr)
    if (explicit && !long && !shortForms.has(vr)) throw cannot('an element of its header is of no kind that DICOM knows')
    const header = long ? 12 : 8
    if (available < header) return 0
    const length = long ? view.getUint32(8, little) : explicit ? view.getUint16(6, little) : view.getUint32(4, little)
    // Where the VR is not said, a sequence is known by its first item; inside UN it is written implicitly, little-endian (PS3.5, 6.2.2).
    const untold = !explicit || vr === 'UN'
    if (untold && length !== undefinedLength && length >= 8 && available < header + 4 && !last) return 0
    const begins = untold && length !== undefinedLength && length >= 8 && available >= header + 4
    const first = begins ? view.getUint32(header) : 0
    const isItems = first === 0xfeff00e0 || (first === itemTag && !little)
    if (inMeta && number === tags.transferSyntax) {
      if (length > longestUid) throw cannot('it does not say how it is written')
      if (available < header + length) return 0
      uid = String.fromCharCode(...bytes.subarray(at + header, at + header + length)).replace(/[\0 ]+$/, '')
    }
    position += header
    if (length !== undefinedLength) fits(length)
    element(level, number, vr, length, vr === 'SQ' || isItems)
    return header
  }

  const element = (level: Level, number: number, vr: string, length: number, isItems: boolean) => {
    const emptied = level.emptied || holdsIdentity(number, vr)
    const isPixels = number === tags.pixels
    if (isPixels && stack.length === 1) pixelsSeen = true
    if (isPixels && length === undefinedLength) enter('fragments', length, level.explicit, emptied)
    else if (isPixels) pass(length, emptied ? 0 : null)
    else if (isItems || length === undefinedLength) {
      if (vr !== '' && vr !== 'SQ' && vr !== 'UN') throw cannot('an element of its header has no length')
      // In a big-endian file the two readings of such a sequence differ, and no device is known to write one.
      if (vr === 'UN' && syntax?.bigEndian) throw cannot('a sequence of its header is of unknown kind')
      enter('items', length, level.explicit && vr !== 'UN', emptied)
    } else {
      const even = Math.floor(number / 0x10000) % 2 === 0
      pass(length, emptied ? (texts.has(vr) || (even && vr === '' && holdsIdentity(number, '')) ? space : 0) : null)
    }
  }

  const delimiter = (level: Level, number: number, length: number) => {
    const open = level.end === undefined
    if (number === itemEnd && level.holds === 'elements' && open && stack.length > 1) stack.pop()
    else if (number === sequenceEnd && level.holds !== 'elements' && open) stack.pop()
    else if (number === itemTag && level.holds === 'items') {
      if (length !== undefinedLength) fits(length)
      enter('elements', length, level.explicit, level.emptied)
    } else if (number === itemTag && level.holds === 'fragments' && length !== undefinedLength) {
      fits(length)
      pass(length, level.emptied ? 0 : null)
    } else throw cannot('its header does not end where it says')
    // A delimiter has no length; what it claims is not skipped.
    if (number !== itemTag && length !== 0) throw cannot('its header does not end where it says')
  }

  const walk = (bytes: Uint8Array, last: boolean): number => {
    let at = 0
    while (at < bytes.length) {
      if (left > 0) {
        const now = Math.min(left, bytes.length - at)
        if (fill !== null) bytes.fill(fill, at, at + now)
        if (position === 0 && now === before) bytes.set([0x44, 0x49, 0x43, 0x4d], at + 128)
        left -= now
        position += now
        at += now
        continue
      }
      while (stack.length > 1 && top().end === position) stack.pop()
      begun = position
      const taken = step(bytes, at, last)
      if (taken === 0) break
      at += taken
    }
    return at
  }

  /** After the pictures nothing is missed: what cannot be walked there is emptied to the end. */
  const walkOrEmpty = (bytes: Uint8Array, last: boolean): number => {
    const started = position
    try {
      return walk(bytes, last)
    } catch (error) {
      if (!(error instanceof ScansideError) || !pixelsSeen || stack.length > 1) throw error
      bytes.fill(0, begun - started)
      position = started + bytes.length
      pass(Number.POSITIVE_INFINITY, 0)
      return bytes.length
    }
  }

  const take = (chunk: Uint8Array, last: boolean): Uint8Array => {
    const bytes = new Uint8Array(held.length + chunk.length)
    bytes.set(held)
    bytes.set(chunk, held.length)
    // The first bytes come whole, so that `DICM` is put back.
    if (position === 0 && bytes.length < before && !last) {
      held = bytes
      return new Uint8Array(0)
    }
    const done = walkOrEmpty(bytes, last)
    held = bytes.slice(done)
    return bytes.subarray(0, done)
  }

  return {
    push: (chunk) => take(chunk, false),
    end: () => {
      const rest = take(new Uint8Array(0), true)
      while (stack.length > 1 && top().end === position) stack.pop()
      if (left === Number.POSITIVE_INFINITY) return rest
      if (left > 0 || stack.length > 1 || inMeta || (held.length > 0 && !pixelsSeen))
        throw cannot('it ends in the middle of its header or its pictures')
      // After the pictures, fewer bytes than an element has: emptied.
      const whole = new Uint8Array(rest.length + held.length)
      whole.set(rest)
      return whole
    },
  }
}
