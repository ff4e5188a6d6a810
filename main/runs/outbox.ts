/**
 * Sends results home: to the archive they are of and no other, under a path made of the run's id, so that sending twice writes the
 * same file. They are packed before they are sent; what a cloud's machine has sent itself is read back instead.
 */
import { ScansideError } from '../../oct/errors.ts'
import type { Published } from '../archive/archive.ts'
import { waitingSentence } from '../outbox/answers.ts'
import type { Answer, NewItem } from '../outbox/outbox.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import type { Desk } from './desk.ts'
import { safePart } from './inputs.ts'
import { maxResultBytes } from './results.ts'

/** `oct-quality/0.1.0/<run id>/results.json` */
export const publishedName = (record: Pick<RunRecord, 'id' | 'pipeline'>): string =>
  `${safePart(record.pipeline.name)}/${safePart(record.pipeline.version)}/${record.id}/results.json`

/** What became of sending: read back from the archive, or a sentence why the results wait. */
export type Sent = { published: Published } | { waits: string }

/** A run's results as they are packed; null where they go nowhere, or there are none. */
export const itemOf = (desk: Desk, record: RunRecord): NewItem | null => {
  const results = desk.lab.runs.results(record.id)
  const { archive, session, subject } = record
  if (!results || archive === null || session === null) return null
  const content = { archive, session, name: publishedName(record), run: record.id, title: subject, machine: record.place === 'cloud' }
  return { id: record.id, kind: 'results', createdAt: results.at, content, bytes: results.bytes, demo: record.demo }
}

/** What was read back before a crash is looked at again, and never sent anew: whoever has removed it since had a reason. */
const lookedAt = async (desk: Desk, record: RunRecord, signal: AbortSignal): Promise<Sent> => {
  const home = desk.archive()
  const { archive, session } = record
  const found =
    home && home.id === archive && session ? await home.archive.publishedFile(session, publishedName(record), maxResultBytes, signal) : null
  return found ? { published: found.published } : { waits: waitingSentence('results', null) }
}

const sentOf = (answer: Answer, problem: string | null): Sent => {
  if (answer.is === 'home') return { published: answer.published }
  const why = answer.is === 'waits' ? waitingSentence('results', answer.why) : answer.message
  return {
    waits: [why, problem]
      .filter((sentence) => sentence !== null)
      .join(' ')
      .slice(0, 1_000),
  }
}

/**
 * Packs one run's results as lab.db holds them and sends them in their turn. `noted` writes down that they were read back: what was packed is
 * destroyed only after. Rejects with `cancelled` alone.
 */
export const sendHome = async (
  desk: Desk,
  record: RunRecord,
  signal: AbortSignal,
  noted: (published: Published) => void = () => {},
): Promise<Sent> => {
  const item = itemOf(desk, record)
  if (!item) return { waits: waitingSentence('results', null) }
  try {
    if (record.home === 'read-back') return await lookedAt(desk, record, signal)
    const problem = await desk.outbox.put(item)
    return sentOf(await desk.outbox.attempt(item.id, signal, noted), problem)
  } catch (error) {
    if (error instanceof ScansideError && error.code === 'cancelled') throw error
    desk.report(error)
    return { waits: waitingSentence('results', 'The archive answered something Scanside did not expect.') }
  }
}
