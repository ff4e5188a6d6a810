/** What must not be found after a run: rows of pixels and names that stand out, and a search for them in every form a profile could keep them. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, inflateSync } from 'node:zlib'
import { decode } from 'fast-png'
import { toDisplay } from '../../oct/formats/display.ts'
import { fileHeaderBytes, header } from '../../oct/formats/vol-layout.ts'
import { exported } from './device.ts'

/** One thing to look for. */
export interface Marker {
  what: string
  bytes: Buffer
}

/** Names that stand for a person's, one for each place a name can come from. */
export const names = {
  project: 'ZQ-PROJ-70310',
  subject: 'ZQ-SUBJ-70311',
  session: 'ZQ-SESS-70312',
  file: 'ZQ-FILE-70313',
  patient: 'ZQ-PATIENT-70314',
  visit: 'ZQ-VISIT-70315',
} as const

const rowLength = 64

/** 64 grey values, no two alike: no picture has them in this order by chance. */
const greys = (turn: number) => Uint8Array.from({ length: rowLength }, (_, at) => ((at * 37 + turn) % 191) + 40)

/** A volume that carries the markers: a row of its SLO, rows of its B-scans, and the patient's fields. `seed` tells one from another. */
export function markedScan(seed: number): { bytes: Buffer; markers: Marker[] } {
  const bytes = exported(
    { pattern: 'volume', laterality: 'OD', seed, width: 384, height: 496, frames: 7 },
    { patient: names.patient, visit: names.visit },
  )
  const at = (offset: number) => bytes.readUInt32LE(offset)
  const [width, height, sloWidth, sloHeight] = [at(header.width), at(header.height), at(header.sloWidth), at(header.sloHeight)]
  const slo = greys(7 + seed)
  bytes.set(slo, fileHeaderBytes + sloWidth * Math.floor(sloHeight / 2) + Math.floor(sloWidth / 2))
  const first = fileHeaderBytes + sloWidth * sloHeight
  const blockBytes = at(header.blockHeader) + 4 * width * height
  const row = Float32Array.from(greys(91 + seed), (grey) => (grey / 255) ** 4 * 1.0001)
  const raw = Buffer.from(row.buffer)
  for (let frame = 0; frame < at(header.frames); frame++)
    raw.copy(bytes, first + frame * blockBytes + at(header.blockHeader) + 4 * (width * Math.floor(height / 2) + Math.floor(width / 2)))
  return {
    bytes,
    markers: [
      { what: 'a row of the SLO', bytes: Buffer.from(slo) },
      { what: 'a row of a B-scan', bytes: raw },
      { what: 'a row of a B-scan as it is shown', bytes: Buffer.from(toDisplay(row)) },
      { what: 'the patient’s ID', bytes: Buffer.from(names.patient) },
      { what: 'the visit', bytes: Buffer.from(names.visit) },
    ],
  }
}

/** The names of `names`, to be looked for. */
export const nameMarkers: Marker[] = Object.entries(names).map(([what, name]) => ({ what, bytes: Buffer.from(name) }))

/** A marker as bytes, as UTF-16 of either order, in hexadecimal and in base64 at each of the three places it can begin. */
function forms({ bytes }: Marker): { form: string; bytes: Buffer }[] {
  const wide = Buffer.from(bytes.toString('latin1'), 'utf16le')
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The first and the last letters hang on what is beside it.
    return text.slice(shift === 0 ? 0 : 4, text.length - 4)
  })
  const texts = [...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))]
  const spread = Buffer.alloc(bytes.length * 4, 255)
  for (const [at, byte] of bytes.entries()) spread.fill(byte, at * 4, at * 4 + 3)
  return [
    { form: 'raw', bytes },
    { form: 'UTF-16 LE', bytes: wide },
    { form: 'UTF-16 BE', bytes: Buffer.from(wide).swap16() },
    { form: 'hex', bytes: Buffer.from(bytes.toString('hex')) },
    { form: 'HEX', bytes: Buffer.from(bytes.toString('hex').toUpperCase()) },
    { form: 'RGBA', bytes: spread },
    ...texts.map((text) => ({ form: 'base64', bytes: Buffer.from(text) })),
  ]
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const unpackers: [string, Buffer, (bytes: Buffer) => Uint8Array][] = [
  ['PNG', pngSignature, (bytes) => Buffer.from(decode(bytes).data.buffer as ArrayBuffer)],
  ['gzip', Buffer.from([0x1f, 0x8b, 0x08]), (bytes) => gunzipSync(bytes, { maxOutputLength: 200_000_000 })],
  ['zlib', Buffer.from([0x78, 0x9c]), (bytes) => inflateSync(bytes, { maxOutputLength: 200_000_000 })],
]

/** The bytes of a file, and of what lies packed in it. */
function* layers(bytes: Buffer): Generator<{ how: string; bytes: Buffer }> {
  yield { how: '', bytes }
  for (const [how, signature, unpack] of unpackers) {
    let tried = 0
    for (let at = bytes.indexOf(signature); at >= 0 && tried < 50; at = bytes.indexOf(signature, at + 1)) {
      tried += 1
      try {
        yield { how: ` within ${how}`, bytes: Buffer.from(unpack(bytes.subarray(at))) }
      } catch {
        // Three bytes alike are not yet a packed file.
      }
    }
  }
}

const kindOf = (path: string) => statSync(path, { throwIfNoEntry: false })

/** The file itself, or every file below a folder. */
function filesBelow(place: string): string[] {
  if (kindOf(place)?.isFile()) return [place]
  if (!kindOf(place)?.isDirectory()) return []
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .map((name) => join(place, name))
    .filter((path) => kindOf(path)?.isFile())
}

/** Where a marker is found in these files and below these folders: in a file's bytes, packed or encoded, or in a name. Empty is what it should be. */
export function traces(places: readonly string[], markers: readonly Marker[]): string[] {
  const wanted = markers.map((marker) => ({ marker, forms: forms(marker) }))
  const found: string[] = []
  for (const place of places) {
    for (const name of filesBelow(place)) {
      for (const { marker } of wanted) if (Buffer.from(name).includes(marker.bytes)) found.push(`${name}: ${marker.what} in its name`)
      for (const { how, bytes } of layers(readOrNothing(name)))
        for (const each of wanted)
          for (const { form, bytes: sought } of each.forms) if (bytes.includes(sought)) found.push(`${name}: ${each.marker.what} (${form})${how}`)
    }
  }
  return found
}

/** A file that goes while it is looked at is no trace. */
function readOrNothing(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}

/** Everything a process of a person may write to, in a folder of its own. */
export interface Places {
  env: Record<string, string>
  /** All of it, and what has come to shared memory since. */
  all(): string[]
  remove(): void
}

export function privatePlaces(): Places {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-places-'))
  const own = (name: string) => {
    const path = join(folder, name)
    mkdirSync(path, { mode: 0o700 })
    return path
  }
  const shared = '/dev/shm'
  const inShared = () => (existsSync(shared) ? readdirSync(shared) : [])
  const before = new Set(inShared())
  const env = {
    HOME: own('home'),
    TMPDIR: own('tmp'),
    XDG_CACHE_HOME: own('cache'),
    XDG_CONFIG_HOME: own('config'),
    XDG_DATA_HOME: own('data'),
    XDG_STATE_HOME: own('state'),
  }
  return {
    env,
    all: () => [
      folder,
      ...inShared()
        .filter((name) => !before.has(name))
        .map((name) => join(shared, name)),
    ],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
