/**
 * The mean grey of every 8 x 8 block of a JPEG (ITU T.81, baseline or progressive, Huffman coded): its DC coefficients, without the cosine
 * transform. Enough to tell a dark picture from a bright one where no full decoder is at hand.
 */

interface Component {
  /** blocks of one MCU */
  blocks: number
  quantiser: number
  dc: Codes
  /** absent in a progressive JPEG, whose first scan has DC values alone */
  ac?: Codes
  last: number
}

/** A canonical Huffman code: per length (1..16) the first code, one beyond the last, and where its symbols begin. */
interface Codes {
  first: number[]
  beyond: number[]
  at: number[]
  symbols: Uint8Array
}

interface Frame {
  progressive: boolean
  width: number
  height: number
  components: { id: number; h: number; v: number; table: number }[]
}

/** What the segments before the picture data say. */
interface Tables {
  quantisers: Map<number, number>
  codes: Map<number, Codes>
  frame?: Frame
  restart: number
}

/** Block means of the first component, row by row of MCUs; null where it is no whole JPEG of 8 bits. */
export function jpgBlockMeans(bytes: Uint8Array): Uint8Array | null {
  const tables: Tables = { quantisers: new Map(), codes: new Map(), restart: 0 }
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] as number
    if (bytes[at] !== 0xff) return null
    if (marker === 0xff) {
      at++
      continue
    }
    const length = word(bytes, at + 2)
    const segment = bytes.subarray(at + 4, at + 2 + length)
    if (length < 2 || segment.length < length - 2) return null
    if (marker === 0xda) return scan(tables, segment, bytes.subarray(at + 2 + length))
    if (!take(tables, marker, segment)) return null
    at += 2 + length
  }
  return null
}

/** False for a frame that is neither baseline nor progressive, or a segment that is damaged. */
function take(tables: Tables, marker: number, segment: Uint8Array): boolean {
  if (marker === 0xdb) return takeQuantisers(tables, segment)
  if (marker === 0xc4) return takeCodes(tables, segment)
  if (marker === 0xdd) tables.restart = word(segment, 0)
  if (marker >= 0xc0 && marker <= 0xc2) {
    const count = segment[5] ?? 0
    if (segment[0] !== 8 || count < 1 || count > 4 || segment.length < 6 + count * 3) return false
    const components = Array.from({ length: count }, (_, i) => {
      const [id = 0, sampling = 0, table = 0] = segment.subarray(6 + i * 3, 9 + i * 3)
      return { id, h: sampling >> 4, v: sampling & 15, table }
    })
    tables.frame = { progressive: marker === 0xc2, height: word(segment, 1), width: word(segment, 3), components }
    return components.every(({ h, v }) => h > 0 && h <= 4 && v > 0 && v <= 4)
  }
  return !(marker > 0xc2 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
}

function takeQuantisers(tables: Tables, segment: Uint8Array): boolean {
  for (let at = 0; at < segment.length; ) {
    const head = segment[at] as number
    const wide = head >> 4 !== 0
    tables.quantisers.set(head & 15, wide ? word(segment, at + 1) : (segment[at + 1] ?? 0))
    at += 1 + (wide ? 128 : 64)
    if (at > segment.length) return false
  }
  return true
}

function takeCodes(tables: Tables, segment: Uint8Array): boolean {
  for (let at = 0; at < segment.length; ) {
    const counts = segment.subarray(at + 1, at + 17)
    const total = counts.reduce((sum, count) => sum + count, 0)
    const codes: Codes = { first: [], beyond: [], at: [], symbols: segment.subarray(at + 17, at + 17 + total) }
    if (counts.length < 16 || codes.symbols.length < total) return false
    let code = 0
    let symbol = 0
    for (const count of counts) {
      codes.first.push(code)
      codes.beyond.push(code + count)
      codes.at.push(symbol)
      symbol += count
      code = (code + count) << 1
    }
    tables.codes.set(segment[at] as number, codes)
    at += 17 + total
  }
  return true
}

function scan({ frame, quantisers, codes, restart }: Tables, head: Uint8Array, data: Uint8Array): Uint8Array | null {
  if (!frame || head[0] !== frame.components.length || frame.width === 0 || frame.height === 0) return null
  const [from, to, shifts] = head.subarray(1 + frame.components.length * 2) as unknown as (number | undefined)[]
  // A progressive JPEG begins with its DC values, all but their lowest bits; another order is none that writers use.
  if (frame.progressive && (from !== 0 || to !== 0 || (shifts ?? 0) > 13)) return null
  const scale = frame.progressive ? 1 << ((shifts ?? 0) & 15) : 1
  const alone = frame.components.length === 1
  const components: Component[] = []
  for (const [index, { id, h, v, table }] of frame.components.entries()) {
    const chosen = head[2 + index * 2] ?? 0
    const dc = codes.get(chosen >> 4)
    const ac = codes.get(0x10 | (chosen & 15))
    const quantiser = quantisers.get(table)
    if (head[1 + index * 2] !== id || !dc || !(ac || frame.progressive) || quantiser === undefined) return null
    components.push({ blocks: alone ? 1 : h * v, quantiser: quantiser * scale, dc, ...(ac && !frame.progressive && { ac }), last: 0 })
  }
  const across = Math.ceil(frame.width / (8 * (alone ? 1 : Math.max(...frame.components.map(({ h }) => h)))))
  const down = Math.ceil(frame.height / (8 * (alone ? 1 : Math.max(...frame.components.map(({ v }) => v)))))
  const perUnit = (components[0] as Component).blocks
  // Every block takes one bit at least, so a claim beyond the data is seen before anything is allocated for it.
  if (across * down * perUnit > data.length * 8) return null
  const means = new Uint8Array(across * down * perUnit)
  const bits = bitReader(data)
  let filled = 0
  for (let unit = 0; unit < across * down; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      if (!bits.restart()) return null
      for (const component of components) component.last = 0
    }
    for (const [index, component] of components.entries()) {
      for (let block = 0; block < component.blocks; block++) {
        if (!skipBlock(bits, component)) return null
        if (index === 0) means[filled++] = Math.max(0, Math.min(255, Math.round((component.last * component.quantiser) / 8 + 128)))
      }
    }
  }
  return means
}

type Bits = ReturnType<typeof bitReader>

/** One block: its DC value is kept in `last`, its AC values are read over. False where the data are no such block. */
function skipBlock(bits: Bits, component: Component): boolean {
  const size = bits.symbol(component.dc)
  if (size === undefined || size > 11) return false
  const value = bits.take(size)
  if (value === undefined) return false
  component.last += size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value
  if (!component.ac) return true
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(component.ac)
    if (symbol === undefined) return false
    const length = symbol & 15
    if (length === 0 && symbol >> 4 < 15) return true
    k += symbol >> 4
    if (bits.take(length) === undefined) return false
  }
  return true
}

function bitReader(data: Uint8Array) {
  let at = 0
  let held = 0
  let count = 0
  /** The next bit; undefined at a marker or the end. */
  const bit = (): number | undefined => {
    if (count === 0) {
      const byte = data[at]
      if (byte === undefined || (byte === 0xff && data[at + 1] !== 0)) return undefined
      at += byte === 0xff ? 2 : 1
      held = byte
      count = 8
    }
    count--
    return (held >> count) & 1
  }
  return {
    take(length: number): number | undefined {
      let value = 0
      for (let i = 0; i < length; i++) {
        const next = bit()
        if (next === undefined) return undefined
        value = (value << 1) | next
      }
      return value
    },
    symbol(codes: Codes): number | undefined {
      let code = 0
      for (let length = 0; length < 16; length++) {
        const next = bit()
        if (next === undefined) return undefined
        code = (code << 1) | next
        const first = codes.first[length] as number
        if (code >= first && code < (codes.beyond[length] as number)) return codes.symbols[(codes.at[length] as number) + code - first]
      }
      return undefined
    },
    /** Goes on behind the restart marker that must stand here. */
    restart(): boolean {
      count = 0
      if (data[at] !== 0xff || ((data[at + 1] ?? 0) & 0xf8) !== 0xd0) return false
      at += 2
      return true
    },
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
