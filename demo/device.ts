/**
 * The demo lab's OCT device: a worker that exports, one file after another, the visits of invented patients into the folder it is given, good scans
 * and faulty ones with their retakes. It ends after the last one, or with its parent.
 */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import { type SynthFault, type SynthOptions, synthesise } from '../oct/synth/index.ts'

export interface DeviceSettings {
  folder: string
  /** ms between two exports */
  everyMs: number
}

interface Export {
  patient: string
  visit: string
  /** Days before today. */
  ago: number
  scan: SynthOptions
}

const ring = (laterality: 'OD' | 'OS', seed: number, take: number, fault: SynthFault = 'none'): SynthOptions => ({
  pattern: 'ring',
  laterality,
  seed: seed + (laterality === 'OS' ? 1 : 0),
  take,
  fault,
})
const macula = (laterality: 'OD' | 'OS', seed: number, take: number, fault: SynthFault = 'none'): SynthOptions => ({
  ...ring(laterality, seed, take, fault),
  pattern: 'volume',
  frames: 19,
})

const visit = (patient: string, name: string, ago: number, ...scans: SynthOptions[]): Export[] =>
  scans.map((scan) => ({ patient, visit: name, ago, scan }))

/** In the order in which a technician takes them: what came out badly is taken again. */
export const exportsOfTheDay: readonly Export[] = [
  ...visit('P-0142', 'V01', 180, ring('OD', 142, 0), ring('OS', 142, 0)),
  ...visit('P-0142', 'V02', 0, ring('OD', 142, 1, 'cut-upper'), ring('OD', 142, 2), macula('OD', 142, 1)),
  ...visit('P-0142', 'V02', 0, ring('OS', 142, 1, 'decentred'), ring('OS', 142, 2), macula('OS', 142, 1, 'dark'), macula('OS', 142, 2)),
  ...visit('P-0157', 'V01', 0, ring('OD', 157, 0), macula('OD', 157, 0), ring('OS', 157, 0, 'dark'), ring('OS', 157, 1), macula('OS', 157, 0)),
  ...visit('P-0163', 'V02', 0, ring('OD', 163, 0, 'cut-upper'), ring('OD', 163, 1, 'cut-upper'), ring('OD', 163, 2, 'badly-lit')),
]

/** Byte offsets of a RAW export's ids and times; nothing else in this project writes them. */
const idAt = 140
const visitAt = 176
const examTimeAt = 88
/** 100 ns between 1601-01-01 and 1970-01-01 */
const fileTimeEpoch = 116_444_736_000_000_000n

/** The file as a device would write it for an invented patient. */
export const exported = ({ patient, visit: name, ago, scan }: Export, now: Date): Uint8Array => {
  const bytes = synthesise(scan)
  const put = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at)
  put(idAt, patient)
  put(visitAt, name)
  const taken = now.getTime() - ago * 86_400_000
  new DataView(bytes.buffer).setBigUint64(examTimeAt, BigInt(taken) * 10_000n + fileTimeEpoch, true)
  return bytes
}

const pieces = 8

async function run({ folder, everyMs }: DeviceSettings): Promise<void> {
  for (const [number, each] of exportsOfTheDay.entries()) {
    const bytes = exported(each, new Date())
    const file = await open(join(folder, `demo_${String(number + 1).padStart(3, '0')}.vol`), 'w')
    try {
      for (let piece = 0; piece < pieces; piece++) {
        await file.write(bytes.subarray(Math.floor((piece * bytes.length) / pieces), Math.floor(((piece + 1) * bytes.length) / pieces)))
        await sleep(60)
      }
    } finally {
      await file.close()
    }
    await sleep(everyMs)
  }
}

if (workerData !== null && typeof workerData === 'object' && 'folder' in workerData) await run(workerData as DeviceSettings)
