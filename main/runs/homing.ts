/** The way home of results, and back: publishing, what a machine has published itself, and taking that back where it broke a rule. */
import { ScansideError } from '../../oct/errors.ts'
import { pipeline as analysis } from '../../oct/quality/judge.ts'
import type { Results } from '../../oct/results.ts'
import type { Published } from '../archive/archive.ts'
import type { RunRecord } from '../store/lab-runs.ts'
import { type CourseHands, type Job, say, take } from './arrows.ts'
import type { Desk } from './desk.ts'
import { publishedName, sendHome } from './outbox.ts'
import { maxResultBytes } from './results.ts'

/** Whether our analysis was given a scan that does not say which eye it is of: its results would be filed under none. */
export const eyeUnknown = ({ pipeline, scans }: Results): boolean =>
  pipeline.name === analysis.name &&
  scans.some(({ criteria, facts }) => facts?.laterality === 'unknown' || criteria.some(({ id, status }) => id === 'L' && status === 'unknown'))

const setEye = 'Set the eye on the device, export and upload the scan again, and run it again.'
export const eyeFirst = `The file of a scan does not say which eye it is, so these results stay at this desk and were not sent. ${setEye}`

/** `none`: the archive has nothing of this run. `left`: it may have, and could not be asked or does not let go. */
export type TakenBack = 'none' | 'taken-back' | 'left'

/** Takes back what a machine has published of a run whose results must not be there; never rejects. */
export const takeBack = async (desk: Desk, record: RunRecord): Promise<TakenBack> => {
  if (record.place !== 'cloud' || !record.session) return 'none'
  const home = desk.archive()
  if (!home || home.id !== record.archive) return 'left'
  const { signal } = new AbortController()
  const name = publishedName(record)
  try {
    const found = await home.archive.publishedFile(record.session, name, maxResultBytes, signal).catch((error: unknown) => {
      // What is there but cannot be read back is there.
      if (error instanceof ScansideError && error.code === 'integrity') return 'unread' as const
      throw error
    })
    if (found === null) return 'none'
    return (await home.archive.retract(record.session, name, signal)) ? 'taken-back' : 'left'
  } catch (error) {
    if (!(error instanceof ScansideError)) desk.report(error)
    return 'left'
  }
}

/** What a person is told of it; null where there is nothing to tell. */
export const takenBackSentence = (record: RunRecord, taken: TakenBack): string | null => {
  if (taken === 'none') return null
  if (taken === 'taken-back') return 'What the machine had sent to the archive was taken back.'
  return `Whatever the machine may have sent to the archive could not be taken back: look for SCANSIDE/${publishedName(record)} of the session and delete it.`
}

/**
 * The same once the last thing of an ended run is gone: a machine that could not be removed at once may have sent results after its run had
 * ended without any. Never rejects.
 */
export const takeBackLate = async (desk: Desk, run: string): Promise<void> => {
  const record = desk.lab.runs.get(run)
  if (!record || record.outcome === 'done' || (await takeBack(desk, record)) !== 'taken-back') return
  const before = record.message?.replace(takenBackSentence(record, 'left') ?? '', '').trim()
  const message = [before, takenBackSentence(record, 'taken-back')].filter(Boolean).join(' ').slice(0, 1_000)
  desk.lab.runs.save({ ...record, message })
}

/** Results are safe: whatever happens now, they wait at worst. */
export const publish = async (hands: CourseHands, job: Job): Promise<Published[]> => {
  const { desk } = hands
  if (job.record.home === 'local') {
    const taken = await takeBack(desk, job.record)
    const told = takenBackSentence(job.record, taken)
    const message =
      taken === 'none'
        ? job.record.message
        : `The file of a scan does not say which eye it is, so these results stay at this desk. ${told ?? ''} ${setEye}`.slice(0, 1_000)
    if (told) say(hands, job, told)
    take(hands, job, 'homed', 'kept at this desk', { message })
    return []
  }
  let arrived: Published | null = null
  const sent = await sendHome(desk, job.record, job.abort.signal, (published) => {
    arrived = published
    // What was packed is destroyed once this is written.
    take(hands, job, 'homed', `read back: ${published.check}`, { home: 'read-back' })
  }).catch(() => null)
  if (arrived !== null) return [arrived]
  const waits = sent && 'waits' in sent ? sent.waits : 'The results are kept here and sent later.'
  take(hands, job, 'homed', 'results wait', { home: 'waiting', message: waits })
  return []
}
