/**
 * `npx scanside-verify FILE`: whether an export of a desk's receipts and audit is as that desk wrote it. Stands on Node's crypto alone and shares
 * no code with the application, so that the one cannot excuse the other.
 */
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto'

const format = 'scanside-audit/1'

interface Line {
  n: number
  kind: string
  body: string
  mac: string
  link: string
}
interface Anchor {
  n: number
  mac: string
  link: string
  at: string
}
/** An export as it was read: its shape is right, nothing else is known of it. */
export interface Export {
  desk: string
  publicKey: string
  exportedAt: string
  anchor: Anchor
  /** The desk's own word: the first line whose HMAC did not hold there, or null. */
  broken: number | null
  lines: Line[]
  head: { lines: number; link: string }
  signature: string
}

/** What was found wrong. `line`: the chain's number of the first line that does not hold; null where it is not one line's fault. */
export interface Fault {
  line: number | null
  what: string
}

const isText = (value: unknown): value is string => typeof value === 'string'
/** As a desk writes it. What is printed of a file goes to a terminal: nothing else in it may speak there, or it could write over the fingerprint. */
const isTime = (value: unknown): value is string => isText(value) && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/.test(value)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const fieldsOf = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? { ...value } : {})

/**
 * The export in a file's text. `fault`: it was one, and is damaged; `none`: it is another file.
 * Every line of the chain lies on a line of its own, so that a damaged one can be named.
 */
export function readExport(text: string): { kind: 'export'; value: Export } | { kind: 'fault'; fault: Fault } | { kind: 'none' } {
  let value: Record<string, unknown>
  try {
    value = fieldsOf(JSON.parse(text))
  } catch {
    return text.startsWith(`{"format":"${format}"`) ? { kind: 'fault', fault: unreadable(text) } : { kind: 'none' }
  }
  if (value.format !== format) return { kind: 'none' }
  const anchor = fieldsOf(value.anchor)
  const head = fieldsOf(value.head)
  const shaped =
    [value.desk, value.publicKey, value.signature, anchor.mac, anchor.link, head.link].every(isText) &&
    isTime(value.exportedAt) &&
    (anchor.at === '' || isTime(anchor.at)) &&
    [anchor.n, head.lines].every(isCount) &&
    (value.broken === null || isCount(value.broken)) &&
    Array.isArray(value.lines)
  if (!shaped) return { kind: 'fault', fault: { line: null, what: 'What stands around the lines is missing or was changed.' } }
  for (const [index, each] of (value.lines as unknown[]).entries()) {
    const { n, kind, body, mac, link } = fieldsOf(each)
    if (!isCount(n) || ![kind, body, mac, link].every(isText))
      return { kind: 'fault', fault: { line: Number(anchor.n) + index + 1, what: 'This line is not one that Scanside writes.' } }
  }
  return { kind: 'export', value: value as unknown as Export }
}

/** The first line of a file that cannot be read as a whole. */
function unreadable(text: string): Fault {
  let last: number | null = null
  for (const line of text.split('\n').slice(1)) {
    try {
      const { n } = fieldsOf(JSON.parse(line.replace(/,$/, '')))
      if (isCount(n)) last = n
    } catch {
      break
    }
  }
  return { line: last === null ? null : last + 1, what: 'The file is cut off or damaged here.' }
}

/** What people compare: the first 16 bytes of the public key's SHA-256, in groups of four hex digits. */
export const fingerprintOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 32).match(/.{4}/g)?.join('-') ?? ''

const linkOf = (before: string, line: Line): string =>
  createHash('sha256').update(`${before}\n${line.n}\n${line.kind}\n${line.body}\n${line.mac}`).digest('hex')

function signatureHolds(found: Export): boolean {
  const { desk, exportedAt, anchor, broken, head } = found
  const words = [format, desk, exportedAt, anchor.n, anchor.mac, anchor.link, anchor.at, broken ?? 'whole', head.lines, head.link].join('\n')
  try {
    const key = createPublicKey({ key: Buffer.from(found.publicKey, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(words), key, Buffer.from(found.signature, 'base64'))
  } catch {
    return false
  }
}

/** Whether the text of a line is what its kind says. */
function bodyFault({ kind, body }: Line): string | null {
  if (kind !== 'receipt' && kind !== 'audit') return 'This line is of a kind that Scanside does not write.'
  try {
    const { at, by, run } = fieldsOf(JSON.parse(body))
    return isTime(at) && isText(by) && (kind === 'audit' || isText(run)) ? null : 'The text of this line was changed.'
  } catch {
    return 'The text of this line was changed.'
  }
}

export interface Expected {
  /** The fingerprint as the desk's Settings show it. */
  desk?: string
  /** The chain's own key, hex: only that desk has it. */
  key?: string
  /** Exports of the same desk that were kept from before. */
  earlier?: readonly Export[]
}

/** What does not hold, the first thing first; empty where everything does. */
export function faultsOf(found: Export, { desk, key, earlier = [] }: Expected = {}): Fault[] {
  const { anchor, lines, head } = found
  let before: { n: number; link: string; mac: string } = anchor
  for (const line of lines) {
    const n = before.n + 1
    if (line.n !== n) {
      const what =
        line.n > n ? `Line ${n} is missing: after line ${before.n} comes line ${line.n}.` : `Line ${line.n} stands where line ${n} belongs.`
      return [{ line: n, what }]
    }
    const changed = bodyFault(line)
    if (changed !== null) return [{ line: n, what: changed }]
    if (linkOf(before.link, line) !== line.link) return [{ line: n, what: 'This line was changed, or is not the one that followed the line before.' }]
    if (
      key !== undefined &&
      createHmac('sha256', Buffer.from(key, 'hex')).update(`${before.mac}\n${line.kind}\n${line.body}`).digest('hex') !== line.mac
    )
      return [{ line: n, what: 'This line was not written by this desk: its HMAC does not hold.' }]
    before = line
  }
  const faults: Fault[] = []
  if (lines.length < head.lines) {
    const missing = head.lines - lines.length
    return [
      { line: before.n + 1, what: `The end is missing: ${missing === 1 ? 'one line was' : `${missing} lines were`} cut off after line ${before.n}.` },
    ]
  }
  if (lines.length > head.lines) return [{ line: anchor.n + head.lines + 1, what: 'This line was added after the export was signed.' }]
  if (head.link !== before.link) faults.push({ line: before.n, what: 'What was signed is not this last line.' })
  if (fingerprintOf(found.publicKey) !== found.desk) faults.push({ line: null, what: 'The key in the file is not that of the desk the file names.' })
  else if (!signatureHolds(found))
    faults.push({
      line: before.n,
      what: 'The signature up to this line is not that of the desk the file names: it was made elsewhere, or lines were changed and linked anew.',
    })
  if (desk !== undefined && desk.replace(/[^0-9a-f]/gi, '').toLowerCase() !== found.desk.replace(/-/g, ''))
    faults.push({ line: null, what: 'This is the export of another desk: its fingerprint is not the one given.' })
  for (const each of earlier) faults.push(...faultsAgainst(found, each))
  if (found.broken !== null)
    faults.push({ line: found.broken, what: 'The desk itself said at export that its chain does not hold from this line on.' })
  return faults
}

/** What an earlier export of this desk has otherwise. */
function faultsAgainst(found: Export, earlier: Export): Fault[] {
  if (earlier.desk !== found.desk) return [{ line: null, what: 'The earlier export is of another desk.' }]
  const known = new Map([...earlier.lines, earlier.anchor].map(({ n, link }) => [n, link]))
  for (const { n, link } of [found.anchor, ...found.lines]) {
    const then = known.get(n)
    if (n > 0 && then !== undefined && then !== link)
      return [{ line: n, what: `This line is not the one that was exported on ${earlier.exportedAt}.` }]
  }
  const last = earlier.lines.at(-1)?.n ?? earlier.anchor.n
  const reaches = found.lines.at(-1)?.n ?? found.anchor.n
  return reaches < last ? [{ line: reaches + 1, what: `Lines that were exported on ${earlier.exportedAt} are missing at the end.` }] : []
}

/** What an export that holds says, in a few lines. */
export function summaryOf({ desk, exportedAt, anchor, lines }: Export): string[] {
  const bodies = lines.map(({ kind, body }) => ({ kind, ...(JSON.parse(body) as { at: string; run?: string | null; complete?: boolean }) }))
  const receipts = bodies.filter(({ kind }) => kind === 'receipt')
  const open = new Map(receipts.map(({ run, complete }) => [run ?? '', complete === true]))
  const incomplete = [...open.values()].filter((complete) => !complete).length
  const first = lines[0]
  const last = lines.at(-1)
  return [
    `desk      ${desk}`,
    `exported  ${exportedAt}`,
    first && last ? `lines     ${first.n} to ${last.n} (${bodies[0]?.at} to ${bodies.at(-1)?.at})` : 'lines     none',
    ...(anchor.n > 0 ? [`before    ${anchor.n} older lines went by the site’s retention on ${anchor.at}`] : []),
    receipts.length === 0
      ? 'receipts  none'
      : `receipts  ${receipts.length} of ${open.size} runs; ${incomplete === 0 ? 'nothing is owed' : `still owed by ${incomplete}`}`,
  ]
}
