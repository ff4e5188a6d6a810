/** What a device beside the desk does: it exports scans of a patient into a folder. Patients are invented. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SynthOptions, synthesise } from '../../oct/synth/index.ts'

export interface Whose {
  patient: string
  visit: string
}

/** A RAW export that says whose it is, as a device writes it (ids at bytes 140 and 176 of its header). */
export function exported(options: SynthOptions, { patient, visit }: Whose): Buffer {
  const bytes = Buffer.from(synthesise(options))
  bytes.write(patient.slice(0, 23), 140, 'latin1')
  bytes.write(visit.slice(0, 23), 176, 'latin1')
  return bytes
}

export interface TestDevice {
  /** The folder it exports to. */
  folder: string
  /** Exports a scan; its file stands there whole at once. */
  take(name: string, options: SynthOptions, whose: Whose): void
  /** The same with bytes that are there already. */
  put(name: string, bytes: Uint8Array): void
  remove(): void
}

/** A device with an empty folder of its own. */
export function createDevice(): TestDevice {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-export-'))
  const put = (name: string, bytes: Uint8Array) => {
    const part = join(tmpdir(), `${process.pid}-${name}.part`)
    writeFileSync(part, bytes)
    renameSync(part, join(folder, name))
  }
  return {
    folder,
    take: (name, options, whose) => put(name, exported(options, whose)),
    put,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
