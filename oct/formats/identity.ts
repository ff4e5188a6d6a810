/**
 * Whose scan a file says it is: the patient and visit ids the device wrote into it, and nothing else of a person. For the Inbox, which shows them to
 * whoever stands beside the device; they go into no result, log, run or receipt. Names and birth dates are passed over unread.
 */
import { SaxesParser } from 'saxes'
import type { ByteSource, NamedSource } from '../scan.ts'
import { readExactly } from './bytes.ts'
import { dicomIdentity } from './dicom/identity.ts'
import { e2eIdentity } from './e2e/identity.ts'
import { textDecoder } from './heyex-xml/text.ts'
import { identify, identifyBytes } from './index.ts'
import { fileHeaderBytes } from './vol-layout.ts'

/** Empty where the file has none. At most 64 characters each. */
export interface Identity {
  patient: string
  visit: string
}

const nobody: Identity = { patient: '', visit: '' }
const longest = 64
/** The patient stands before the first series. */
const xmlHeadBytes = 512 * 1024
const mostIdentified = 50

/** Byte offsets and lengths in a `.vol`'s header. */
const vol = { patient: { at: 140, bytes: 24 }, visit: { at: 176, bytes: 24 } } as const

/** One line without control characters or text direction marks; what is only padding is empty. */
export function plainId(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ').replace(/\s+/g, ' ')
  return plain.trim().normalize('NFC').slice(0, longest).trim()
}

/** Latin-1 up to the first NUL: an id may have an umlaut. */
function latin1(bytes: Uint8Array, at: number, length: number): string {
  let text = ''
  for (const byte of bytes.subarray(at, at + length)) {
    if (byte === 0) break
    text += String.fromCharCode(byte)
  }
  return plainId(text)
}

/**
 * The ids of a scan's files; where they disagree, there is none. A file that cannot be read names nobody: it is told elsewhere that it cannot.
 */
export async function readIdentity(files: readonly NamedSource[]): Promise<Identity> {
  const found: Identity[] = []
  for (const { source } of files) {
    if (found.length >= mostIdentified) break
    const one = await identityOf(source).catch(() => nobody)
    if (one.patient !== '' || one.visit !== '') found.push(one)
  }
  const only = (values: string[]): string => {
    const said = new Set(values.filter((value) => value !== ''))
    return said.size === 1 ? ([...said][0] as string) : ''
  }
  return { patient: only(found.map(({ patient }) => patient)), visit: only(found.map(({ visit }) => visit)) }
}

async function identityOf(source: ByteSource): Promise<Identity> {
  const kind = identify(await readExactly(source, 0, Math.min(source.size, identifyBytes)))
  if (kind === 'heidelberg-vol') return volIdentity(source)
  if (kind === 'heidelberg-xml') return xmlIdentity(source)
  if (kind === 'dicom-opt') return clean(await dicomIdentity(source))
  if (kind === 'heidelberg-e2e') return clean(await e2eIdentity(source))
  return nobody
}

const clean = ({ patient, visit }: Identity): Identity => ({ patient: plainId(patient), visit: plainId(visit) })

async function volIdentity(source: ByteSource): Promise<Identity> {
  const bytes = await readExactly(source, 0, Math.min(source.size, fileHeaderBytes))
  return { patient: latin1(bytes, vol.patient.at, vol.patient.bytes), visit: latin1(bytes, vol.visit.at, vol.visit.bytes) }
}

const xmlFields: Record<string, keyof Identity> = {
  'HEDX/BODY/Patient/PatientID': 'patient',
  'HEDX/BODY/Patient/Study/VisitID': 'visit',
}

/** Reads until both are found or the first series begins; a document type ends it. */
async function xmlIdentity(source: ByteSource): Promise<Identity> {
  const found = { ...nobody }
  const parser = new SaxesParser()
  const names: string[] = []
  let text = ''
  let done = false
  parser.on('opentagstart', ({ name }) => {
    text = ''
    names.push(name.slice(0, 100))
    if (names.length > 20 || names.join('/') === 'HEDX/BODY/Patient/Study/Series') done = true
  })
  parser.on('text', (part) => {
    if (text.length < 1_000) text += part.slice(0, 1_000)
  })
  parser.on('closetag', () => {
    const field = xmlFields[names.join('/')]
    if (field && !done && found[field] === '') found[field] = plainId(text)
    names.pop()
    text = ''
  })
  const stop = () => {
    done = true
  }
  parser.on('doctype', stop)
  parser.on('error', stop)
  const decode = textDecoder()
  const step = 16 * 1024
  const end = Math.min(source.size, xmlHeadBytes)
  for (let at = 0; at < end && !done; at += step) parser.write(decode(await readExactly(source, at, Math.min(step, end - at)), false))
  return found
}
