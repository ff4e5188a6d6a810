/** What came out of an image, read as what it is: a stranger's text. Bounded before it is parsed, and held against what went in. */
import { ScansideError } from '../../oct/errors.ts'
import { type Results, resultsSchema } from '../../oct/results.ts'
import type { OutputRef } from '../engines/engine.ts'
import { jsonDepth, mostMembers, namesTwice } from './json-text.ts'

/** bytes */
export const maxResultBytes = 32 * 1024 * 1024
const maxDepth = 32
/** Of one object; the schema's own have a few dozen. */
const maxMembers = 10_000

/** `machine`: it has sent them home itself, so nobody may say that nothing was sent. */
export type SentBy = 'desk' | 'machine'

type Refuse = (reason: string, details?: Record<string, string | number>) => never

const refusing =
  (sentBy: SentBy): Refuse =>
  (reason, details = {}) => {
    const judged = sentBy === 'desk' ? 'Nothing was sent and no scan was judged' : 'No scan was judged'
    throw new ScansideError(
      'output-refused',
      `The pipeline ended, but ${reason}. ${judged}; the scans are untouched. Tell whoever maintains the pipeline.`,
      details,
    )
  }

/**
 * Reads results.json: UTF-8 without a byte order mark, at most 32 MB, at most 32 levels, nothing named twice, finite numbers, the schema of
 * oct/results.ts, and no contradiction.
 * @throws ScansideError `output-refused`
 */
export const parseResults = (bytes: Uint8Array, sentBy: SentBy = 'desk'): Results => {
  const refuse: Refuse = refusing(sentBy)
  if (bytes.byteLength > maxResultBytes) refuse('its results.json is larger than 32 MB', { bytes: bytes.byteLength })
  let raw: unknown
  try {
    // A mark at the beginning is no JSON, and many a reader of the archive stumbles over it.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    if (jsonDepth(text, maxDepth) > maxDepth) refuse('its results.json is nested too deeply')
    if (mostMembers(text, maxMembers) > maxMembers) refuse('its results.json names too many things in one place')
    raw = JSON.parse(text)
    if (namesTwice(text)) refuse('its results.json names something twice')
  } catch (error) {
    if (error instanceof ScansideError) throw error
    refuse('its results.json is not readable')
  }
  const parsed = resultsSchema.safeParse(raw)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    // The place, never the content: a broken file may quote a scan's header.
    return refuse('its results.json does not follow the result schema', {
      at: (issue?.path ?? [])
        .map((part) =>
          typeof part === 'number'
            ? part
            : String(part)
                .replace(/[^A-Za-z0-9_]/g, '')
                .slice(0, 30),
        )
        .join('.'),
      issue: issue?.code ?? '',
    })
  }
  for (const [index, scan] of parsed.data.scans.entries()) {
    if ((scan.verdict === 'unknown') !== (scan.error !== undefined)) refuse('its results.json contradicts itself', { scan: index })
    if (scan.verdict === 'usable' && !scan.criteria.some((criterion) => criterion.status === 'pass')) {
      refuse('its results.json calls a scan usable without anything measured', { scan: index })
    }
  }
  return parsed.data
}

/** Finds results.json among a run's outputs. */
export const findResults = (outputs: OutputRef[]): { bytes: Uint8Array; sentBy: SentBy } => {
  const found = outputs.find((output) => output.path === 'results.json')
  if (!found) return refusing('desk')('it left no results.json')
  return { bytes: found.bytes, sentBy: found.kind === 'archived' ? 'machine' : 'desk' }
}

/** A file as it was staged. */
export interface Staged {
  /** Opaque name, without folders. */
  name: string
  size: number
  sha256: string
}

/** The last part of a path in a mount. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/**
 * Holds results against what was staged: every input they speak of was given, with this size and digest.
 * Answers how many staged files no scan of the results mentions; they are not judged.
 * @throws ScansideError `output-refused`
 */
export const checkInputs = (results: Results, staged: Staged[], sentBy: SentBy = 'desk'): { unmentioned: number } => {
  const refuse: Refuse = refusing(sentBy)
  const given = new Map(staged.map((file) => [file.name, file]))
  const mentioned = new Set<string>()
  if (results.scans.length === 0) refuse('its results.json speaks of no scan')
  for (const [index, scan] of results.scans.entries()) {
    if (scan.inputs.length === 0) refuse('its results.json judges a scan without naming its file', { scan: index })
    for (const input of scan.inputs) {
      const file = given.get(baseName(input.name))
      if (!file) return refuse('its results.json speaks of a file it was not given', { scan: index })
      if (file.sha256 !== input.sha256 || file.size !== input.size) refuse('its results.json speaks of a file with another content', { scan: index })
      mentioned.add(file.name)
    }
  }
  return { unmentioned: staged.filter((file) => !mentioned.has(file.name)).length }
}
