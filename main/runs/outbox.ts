/**
 * Sends results home: to the archive they are of and no other, under a path made of the run's id, so that sending twice writes the
 * same file. What a cloud's machine has sent itself is read back instead. What cannot be sent waits in lab.db.
 */
import { ScansideError } from '../../oct/errors.ts'
import type { Archive, Published, SessionPath } from '../archive/archive.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import { type Desk, sentenceOf } from './desk.ts'
import { safePart } from './inputs.ts'
import { maxResultBytes } from './results.ts'

/** `oct-quality/0.1.0/<run id>/results.json` */
export const publishedName = (record: Pick<RunRecord, 'id' | 'pipeline'>): string =>
  `${safePart(record.pipeline.name)}/${safePart(record.pipeline.version)}/${record.id}/results.json`

/** What became of sending: read back from the archive, or a sentence why the results wait. */
export type Sent = { published: Published } | { waits: string; reachable: boolean }

const differs = () =>
  new ScansideError('integrity', 'The archive holds another result under the name of this run. It was not overwritten; ask who changed it there.')

/** What a machine has sent home itself is read back and held against lab.db's; it is sent from here only where it is not there. */
const alreadyThere = async (archive: Archive, record: RunRecord & { session: SessionPath }, bytes: Uint8Array, signal: AbortSignal) => {
  const found = await archive.publishedFile(record.session, publishedName(record), maxResultBytes, signal)
  if (found && !Buffer.from(found.bytes).equals(bytes)) throw differs()
  return found?.published ?? null
}

/** Sends one run's results as lab.db holds them. Rejects with `cancelled` alone. */
export const sendHome = async (desk: Desk, record: RunRecord, signal: AbortSignal): Promise<Sent> => {
  const home = desk.archive()
  const results = desk.lab.runs.results(record.id)
  if (!home || home.id !== record.archive || !record.session || !results) {
    return { waits: 'The results are kept here until somebody signs in to their archive again.', reachable: false }
  }
  try {
    const there = record.place === 'cloud' ? await alreadyThere(home.archive, { ...record, session: record.session }, results.bytes, signal) : null
    return { published: there ?? (await home.archive.publish(record.session, publishedName(record), results.bytes, signal)) }
  } catch (error) {
    if (error instanceof ScansideError && error.code === 'cancelled' && signal.aborted) throw error
    if (!(error instanceof ScansideError)) desk.report(error)
    const reachable = !(error instanceof ScansideError) || !['unreachable', 'timeout', 'unauthorized', 'untrusted-certificate'].includes(error.code)
    const why = error instanceof ScansideError ? sentenceOf(error) : 'The archive answered something Scanside did not expect.'
    return { waits: `The results are kept here and sent later. ${why}`.slice(0, 1_000), reachable }
  }
}
