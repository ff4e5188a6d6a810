/** Damage to files, by a seed: the kinds of damage that transfer, storage, other programs and malice do. */
import { randomFrom } from '../../oct/synth/random.ts'
import { damageText } from './mutate-text.ts'

export interface FixtureFile {
  name: string
  bytes: Uint8Array<ArrayBuffer>
  /** Its content is text: damaged as such, too. */
  text?: boolean
  /** Bytes at which the undamaged file has 32-bit numbers that lead to others (sizes, counts, places), by what they are of. */
  numbers?: readonly (readonly number[])[]
}

/** A good scan, as a set of files. The first names the others where one does. */
export interface Fixture {
  name: string
  files: FixtureFile[]
}

/** A source of choices. */
export interface Dice {
  /** a whole number from 0 to `below` - 1; 0 where there is none */
  pick(below: number): number
  one<T>(of: readonly T[]): T
}

export function diceFrom(seed: number): Dice {
  const random = randomFrom(seed)
  const pick = (below: number) => Math.floor(random() * Math.max(0, below))
  return { pick, one: (of) => of[pick(of.length)] as (typeof of)[number] }
}

const integers = [0, 1, 2, 3, 255, 256, 65_535, 65_536, 1_000_000, 0x7ffffffe, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff] as const
const reals = [0, -0, -1, 1e-300, 1e300, 3.4028235e38, Number.NaN, Infinity, -Infinity, 1e-7] as const

/** How far into a file its header is taken to reach; half of the damage goes there. */
const headerReach = 512
const blockReach = 4096
const largeReach = 1_048_576

type Damage = (bytes: Uint8Array<ArrayBuffer>, dice: Dice, other: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>

const place = (bytes: Uint8Array, dice: Dice, width = 1) =>
  dice.pick((dice.pick(2) === 0 ? Math.min(headerReach, bytes.byteLength) : bytes.byteLength) - width + 1)

const changed = (bytes: Uint8Array<ArrayBuffer>, change: (copy: Uint8Array<ArrayBuffer>, view: DataView) => void) => {
  const copy = bytes.slice()
  change(copy, new DataView(copy.buffer))
  return copy
}

/** A range of a file, and what replaces it. */
const replaced = (bytes: Uint8Array<ArrayBuffer>, from: number, length: number, by: Uint8Array): Uint8Array<ArrayBuffer> => {
  const result = new Uint8Array(bytes.byteLength - length + by.byteLength)
  result.set(bytes.subarray(0, from))
  result.set(by, from)
  result.set(bytes.subarray(from + length), from + by.byteLength)
  return result
}

const aligned = (at: number) => at - (at % 4)

const number32: Damage = (bytes, dice) =>
  changed(bytes, (_, view) => {
    const at = aligned(place(bytes, dice, 4))
    if (at + 4 <= bytes.byteLength) view.setUint32(at, dice.one(integers) >>> 0, dice.pick(4) > 0)
  })

const damages: readonly Damage[] = [
  // one bit
  (bytes, dice) =>
    changed(bytes, (copy) => {
      const at = place(bytes, dice)
      if (at < copy.byteLength) copy[at] = (copy[at] as number) ^ (1 << dice.pick(8))
    }),
  // one byte
  (bytes, dice) =>
    changed(bytes, (copy) => {
      const at = place(bytes, dice)
      if (at < copy.byteLength) copy[at] = dice.one([0, 255, dice.pick(256)])
    }),
  number32,
  number32,
  number32,
  // a 16-bit number, at any place
  (bytes, dice) =>
    changed(bytes, (_, view) => {
      const at = place(bytes, dice, 2)
      if (at + 2 <= bytes.byteLength) view.setUint16(at, dice.one(integers) & 0xffff, dice.pick(4) > 0)
    }),
  // a real number
  (bytes, dice) =>
    changed(bytes, (_, view) => {
      const at = aligned(place(bytes, dice, 8))
      if (at + 8 > bytes.byteLength) return
      if (dice.pick(2) === 0) view.setFloat64(at, dice.one(reals), true)
      else view.setFloat32(at, dice.one(reals), true)
    }),
  // cut off
  (bytes, dice) => bytes.slice(0, dice.pick(bytes.byteLength + 1)),
  // something after the end: little, or so much that a header's large claims fit into the file
  (bytes, dice) =>
    replaced(bytes, bytes.byteLength, 0, new Uint8Array(1 + dice.pick(dice.one([4, blockReach, largeReach]))).fill(dice.one([0, 255, 65]))),
  // two blocks change places
  (bytes, dice) =>
    changed(bytes, (copy) => {
      const length = 1 + dice.pick(Math.min(blockReach, copy.byteLength / 2))
      const from = dice.pick(copy.byteLength - length + 1)
      const to = dice.pick(copy.byteLength - length + 1)
      const held = copy.slice(from, from + length)
      copy.copyWithin(from, to, to + length)
      copy.set(held, to)
    }),
  // a block twice
  (bytes, dice) => {
    const from = place(bytes, dice)
    return replaced(bytes, from, 0, bytes.slice(from, from + 1 + dice.pick(blockReach)))
  },
  // a block missing
  (bytes, dice) => {
    const from = place(bytes, dice)
    return replaced(bytes, from, Math.min(bytes.byteLength - from, 1 + dice.pick(blockReach)), new Uint8Array(0))
  },
  // a block of one value
  (bytes, dice) =>
    changed(bytes, (copy) => {
      const from = place(bytes, dice)
      copy.fill(dice.one([0, 255, dice.pick(256)]), from, from + 1 + dice.pick(64))
    }),
  // begun as one file, ended as another
  (bytes, dice, other) => {
    const at = place(bytes, dice)
    return replaced(bytes, at, bytes.byteLength - at, other.subarray(Math.min(at, other.byteLength)))
  },
  // a block of another file
  (bytes, dice, other) => {
    const length = 1 + dice.pick(Math.min(1024, other.byteLength))
    const from = place(other, dice, length)
    return changed(bytes, (copy) =>
      copy.set(other.subarray(from, from + Math.min(length, Math.max(0, copy.byteLength - from))), Math.min(from, copy.byteLength)),
    )
  },
]

/** One of the numbers that lead to others, changed into what may lead astray: an extreme, its neighbour, its double, another such number. */
function damageNumber(file: FixtureFile, dice: Dice): Uint8Array<ArrayBuffer> {
  const inside = (dice.one(file.numbers ?? []) ?? []).filter((at) => at + 4 <= file.bytes.byteLength)
  if (inside.length === 0) return file.bytes
  const view = new DataView(file.bytes.buffer)
  const at = dice.one(inside)
  const value = view.getUint32(at, true)
  const other = view.getUint32(dice.one(inside), true)
  const by = dice.one([
    dice.one(integers),
    value + 1,
    value - 1,
    value * 2,
    value + dice.pick(256),
    other,
    other,
    file.bytes.byteLength - dice.pick(300),
  ])
  return changed(file.bytes, (_, copy) => copy.setUint32(at, by >>> 0, true))
}

/** A damaged set of files: the same for the same seed. One to four damages, mostly to the first file. */
export function mutant(fixtures: readonly Fixture[], seed: number): Fixture {
  const dice = diceFrom(seed)
  const fixture = dice.one(fixtures)
  let files = fixture.files
  for (let count = 1 + dice.pick(4); count > 0; count--) {
    if (files.length > 1 && dice.pick(24) === 0) {
      files = damageSet(files, dice)
      continue
    }
    const index = dice.pick(3) > 0 ? 0 : dice.pick(files.length)
    const file = files[index] as FixtureFile
    const others = dice.one(fixtures).files
    const other = (others[Math.min(index, others.length - 1)] ?? file).bytes
    const bytes =
      file.text === true && dice.pick(4) > 0
        ? damageText(file.bytes, dice)
        : file.numbers !== undefined && dice.pick(3) === 0
          ? damageNumber(file, dice)
          : dice.one(damages)(file.bytes, dice, other)
    files = files.map((each, i) => (i === index ? { ...each, bytes } : each))
  }
  return { name: fixture.name, files }
}

/** A file is missing, twice there, or under another's name. */
function damageSet(files: readonly FixtureFile[], dice: Dice): FixtureFile[] {
  const index = dice.pick(files.length)
  const chosen = files[index] as FixtureFile
  const kind = dice.pick(3)
  if (kind === 0) return files.filter((_, i) => i !== index)
  if (kind === 1) return [...files, chosen]
  return files.map((each, i) => (i === index ? { ...each, name: dice.one(files).name } : each))
}
