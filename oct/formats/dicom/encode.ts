/** Data elements to bytes, in the four uncompressed ways of writing them (PS3.5 section 7). */
import type { TransferSyntax } from './syntaxes.ts'

export type TextVr = 'AE' | 'CS' | 'DA' | 'DS' | 'DT' | 'IS' | 'LO' | 'PN' | 'SH' | 'ST' | 'TM' | 'UI'
export type NumberVr = 'AT' | 'US' | 'UL' | 'FL' | 'FD'

/** One element: tag as 0xGGGGEEEE, value representation, value. */
export type ElementOut =
  | [tag: number, vr: TextVr, value: string | readonly (string | number)[]]
  | [tag: number, vr: NumberVr, value: readonly number[]]
  | [tag: number, vr: 'SQ', items: readonly DatasetOut[]]
  | [tag: number, vr: 'OB' | 'OW' | 'OV', value: Uint8Array]

export type DatasetOut = readonly ElementOut[]

const widths = { AT: 2, US: 2, UL: 4, FL: 4, FD: 8 } as const
const longForm = new Set(['SQ', 'OB', 'OW', 'OV', 'UN', 'UT'])

/** How elements are written; `open`: sequences and items of undefined length, ended by delimiters. */
export type Style = Pick<TransferSyntax, 'explicit' | 'bigEndian'> & { open?: boolean }

const undefinedLength = 0xffffffff

/** The elements in ascending order of their tags. */
export function encodeDataset(dataset: DatasetOut, style: Style): Uint8Array {
  const little = !style.bigEndian
  const chunks: Uint8Array[] = []
  for (const element of [...dataset].sort((a, b) => a[0] - b[0])) {
    const open = style.open && element[1] === 'SQ'
    const value = encodeValue(element, style)
    chunks.push(elementHeader(element[0], element[1], open ? undefinedLength : value.byteLength, style.explicit, little), value)
    if (open) chunks.push(item(0xfffee0dd, 0, little))
  }
  return concat(chunks)
}

/** An element's tag, VR and length; `length` 0xFFFFFFFF where it is not said beforehand. */
export function elementHeader(tag: number, vr: string, length: number, explicit: boolean, little: boolean): Uint8Array {
  const long = explicit && longForm.has(vr)
  const bytes = new Uint8Array(long ? 12 : 8)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, tag >>> 16, little)
  view.setUint16(2, tag & 0xffff, little)
  if (explicit) {
    bytes[4] = vr.charCodeAt(0)
    bytes[5] = vr.charCodeAt(1)
  }
  if (long) view.setUint32(8, length, little)
  else if (explicit) view.setUint16(6, checkShort(length), little)
  else view.setUint32(4, length, little)
  return bytes
}

/** An item (FFFE,E000), or a delimiter of length 0. */
export function item(tag: number, length: number, little = true): Uint8Array {
  return elementHeader(tag, '', length, false, little)
}

/** All chunks in one piece. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

function encodeValue(element: ElementOut, style: Style): Uint8Array {
  const [, vr, value] = element
  if (vr === 'SQ') {
    return concat(
      value.flatMap((dataset) => {
        const bytes = encodeDataset(dataset, style)
        const little = !style.bigEndian
        return style.open
          ? [item(0xfffee000, undefinedLength, little), bytes, item(0xfffee00d, 0, little)]
          : [item(0xfffee000, bytes.byteLength, little), bytes]
      }),
    )
  }
  if (vr === 'OB' || vr === 'OW' || vr === 'OV') return even(value)
  if (vr === 'AT' || vr === 'US' || vr === 'UL' || vr === 'FL' || vr === 'FD') return encodeNumbers(vr, value, !style.bigEndian)
  const texts: readonly (string | number)[] = typeof value === 'string' ? [value] : (value as readonly (string | number)[])
  const text = texts.map((each) => (typeof each === 'number' ? decimal(each) : each)).join('\\')
  const bytes = latin1(text)
  return bytes.byteLength % 2 === 0 ? bytes : concat([bytes, Uint8Array.of(vr === 'UI' ? 0 : 0x20)])
}

function encodeNumbers(vr: NumberVr, values: readonly number[], little: boolean): Uint8Array {
  const width = widths[vr]
  const bytes = new Uint8Array(width * values.length)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) {
    const at = index * width
    if (vr === 'US' || vr === 'AT') view.setUint16(at, value, little)
    else if (vr === 'UL') view.setUint32(at, value, little)
    else if (vr === 'FL') view.setFloat32(at, value, little)
    else view.setFloat64(at, value, little)
  }
  return bytes
}

/** A decimal string of at most 16 characters (PS3.5, DS). */
function decimal(value: number): string {
  const plain = String(value)
  return plain.length <= 16 ? plain : value.toPrecision(10).slice(0, 16)
}

function even(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength % 2 === 0 ? bytes : concat([bytes, new Uint8Array(1)])
}

function checkShort(length: number): number {
  if (length > 0xffff) throw new RangeError(`a value of ${length} bytes does not fit a short element`)
  return length
}

/** ISO 8859-1, the character set the files say they are in. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)
}
