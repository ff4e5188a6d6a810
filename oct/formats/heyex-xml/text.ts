/** Bytes of an XML file as text, chunk by chunk. Only element names, numbers and file names matter here, so wrong bytes become characters. */

type Encoding = 'utf-8' | 'latin-1' | 'utf-16le' | 'utf-16be'

/** By the byte order mark, the first character or the XML declaration; UTF-8 where none of them says another. */
function encodingOf(first: Uint8Array): Encoding {
  const [a, b] = first
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return 'utf-16be'
  const declaration = fromCodes(Uint16Array.from(first.subarray(0, 200)))
  return /^[^>]*encoding\s*=\s*["'](iso-8859-1|latin1|windows-1252|us-ascii)["']/i.test(declaration) ? 'latin-1' : 'utf-8'
}

/** A decoder that is given a file's chunks in order and keeps what a chunk cut off. The byte order mark is left out. */
export function textDecoder(): (chunk: Uint8Array, last: boolean) => string {
  let encoding: Encoding | undefined
  let kept = new Uint8Array(0)
  return (chunk, last) => {
    let bytes = chunk
    if (kept.length > 0) {
      bytes = new Uint8Array(kept.length + chunk.length)
      bytes.set(kept)
      bytes.set(chunk, kept.length)
    }
    let start = 0
    if (encoding === undefined) {
      encoding = encodingOf(bytes)
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) start = 3
      else if (encoding.startsWith('utf-16') && bytes[0] !== 0x3c && bytes[0] !== 0) start = 2
    }
    const { codes, used } =
      encoding === 'utf-8' ? utf8(bytes, start, last) : encoding === 'latin-1' ? latin1(bytes, start) : utf16(bytes, start, encoding)
    kept = bytes.slice(used)
    return fromCodes(codes)
  }
}

interface Codes {
  codes: Uint16Array
  /** bytes read */
  used: number
}

function latin1(bytes: Uint8Array, start: number): Codes {
  return { codes: Uint16Array.from(bytes.subarray(start)), used: bytes.length }
}

function utf16(bytes: Uint8Array, start: number, encoding: Encoding): Codes {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const codes = new Uint16Array((bytes.length - start) >> 1)
  for (let i = 0; i < codes.length; i++) codes[i] = view.getUint16(start + i * 2, encoding === 'utf-16le')
  return { codes, used: start + codes.length * 2 }
}

/** A sequence that is no UTF-8 is taken byte by byte as Latin-1: exports of older programs declare one and write the other. */
function utf8(bytes: Uint8Array, start: number, last: boolean): Codes {
  const codes = new Uint16Array(bytes.length - start)
  let count = 0
  let at = start
  while (at < bytes.length) {
    const lead = bytes[at] as number
    const extra = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0
    if (extra > 0 && at + extra >= bytes.length && !last) break
    let point = extra === 0 ? lead : lead & (0x3f >> extra)
    let whole = true
    for (let i = 1; i <= extra; i++) {
      const next = bytes[at + i]
      if (next === undefined || (next & 0xc0) !== 0x80) whole = false
      else point = (point << 6) | (next & 0x3f)
    }
    if (!whole) {
      codes[count++] = lead
      at++
      continue
    }
    if (point > 0xffff) {
      codes[count++] = 0xd800 + ((point - 0x10000) >> 10)
      codes[count++] = 0xdc00 + ((point - 0x10000) & 0x3ff)
    } else codes[count++] = point
    at += extra + 1
  }
  return { codes: codes.subarray(0, count), used: at }
}

/** Pieces that an argument list can hold. */
function fromCodes(codes: Uint16Array): string {
  let text = ''
  for (let at = 0; at < codes.length; at += 8192) text += String.fromCharCode(...codes.subarray(at, at + 8192))
  return text
}
