/** The patient's id in a Heidelberg patient container: the one place that looks for it. A container has no visit id that is publicly known. */
import type { ByteSource } from '../../scan.ts'
import { readExactly } from '../bytes.ts'
import { container, containerBytes, directory, directoryBytes, entry, entryBytes, marks, versionBytes } from './layout.ts'

const patientType = 9
/** From the payload: 31 bytes first name, 66 surname, 4 birth date, 1 sex, then the id. */
const id = { at: 102, bytes: 25 } as const
const mostDirectories = 10_000
const mostEntries = 1_024

const textAt = (bytes: Uint8Array, at: number, length: number): string => {
  let text = ''
  for (const byte of bytes.subarray(at, at + length)) {
    if (byte === 0) break
    text += String.fromCharCode(byte)
  }
  return text
}

/** Empty where the container names none, or where its directories do not hold together. */
export async function e2eIdentity(source: ByteSource): Promise<{ patient: string; visit: string }> {
  const said = new Set<string>()
  const seen = new Set<number>()
  let at = (await directoryAt(source, versionBytes, marks.main))?.current ?? 0
  while (at !== 0 && !seen.has(at) && seen.size < mostDirectories) {
    seen.add(at)
    const listed = await directoryAt(source, at, marks.directory)
    if (!listed) break
    for (const start of await patientsIn(source, at + directoryBytes, Math.min(listed.count, mostEntries))) {
      const text = await patientAt(source, start)
      if (text !== '') said.add(text)
    }
    at = listed.previous
  }
  return { patient: said.size === 1 ? ([...said][0] as string) : '', visit: '' }
}

async function directoryAt(source: ByteSource, at: number, mark: string): Promise<{ count: number; current: number; previous: number } | null> {
  if (at + directoryBytes > source.size) return null
  const bytes = await readExactly(source, at, directoryBytes)
  if (textAt(bytes, 0, 12) !== mark) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const number = (offset: number) => view.getUint32(offset, true)
  return { count: number(directory.count), current: number(directory.current), previous: number(directory.previous) }
}

/** Starts of the containers that hold a patient. */
async function patientsIn(source: ByteSource, at: number, count: number): Promise<number[]> {
  const length = Math.min(count * entryBytes, Math.max(0, source.size - at))
  const bytes = await readExactly(source, at, length - (length % entryBytes))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const starts: number[] = []
  for (let base = 0; base < bytes.byteLength; base += entryBytes) {
    if (view.getUint32(base + entry.type, true) === patientType) starts.push(view.getUint32(base + entry.start, true))
  }
  return starts.slice(0, 16)
}

async function patientAt(source: ByteSource, start: number): Promise<string> {
  const end = containerBytes + id.at + id.bytes
  if (start + end > source.size) return ''
  const bytes = await readExactly(source, start, end)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (textAt(bytes, 0, 12) !== marks.container || view.getUint32(container.type, true) !== patientType) return ''
  return textAt(bytes, containerBytes + id.at, id.bytes)
}
