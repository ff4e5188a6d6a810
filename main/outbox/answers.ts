/** What becomes of an item by what the archive answered, and what a person may do about it. Pure. */
import { ScansideError } from '../../oct/errors.ts'
import type { OutboxChoice, OutboxItem } from '../../preload/outbox.ts'
import type { Published, Standing } from '../archive/archive.ts'
import type { Entry } from './items.ts'

export type Answer =
  | { is: 'home'; published: Published }
  | { is: 'conflict'; theirs: Standing; message: string }
  | { is: 'refused'; message: string }
  /** `why`: null where nobody is signed in to its archive. `away`: the archive was not reached, or not as somebody it knows: others need not try. */
  | { is: 'waits'; why: string | null; away: 'no' | 'perhaps' | 'surely'; piece: Standing | null }

const standingOf = ({ details }: ScansideError): Standing | null =>
  typeof details.size === 'number' && typeof details.md5 === 'string' ? { size: details.size, md5: details.md5 } : null

/** Why it waits, for the person. */
export const waitingSentence = (kind: Entry['facts']['kind'], why: string | null): string => {
  const [what, whose] = kind === 'grading' ? ['The grading is', 'its'] : ['The results are', 'their']
  if (why === null) return `${what} kept here until somebody signs in to ${whose} archive again.`
  return `${what} kept here and sent later. ${why}`.slice(0, 1_000)
}

/** What an error on the way home means. Only what the archive says of this very item is a conflict or a refusal; everything else passes. */
export const answerTo = (error: unknown): Exclude<Answer, { is: 'home' }> => {
  if (!(error instanceof ScansideError)) {
    return { is: 'waits', why: 'The archive answered something Scanside did not expect.', away: 'no', piece: null }
  }
  const { code, details, message } = error
  const theirs = standingOf(error)
  if (code === 'conflict' && details.reason === 'other-content' && theirs) return { is: 'conflict', theirs, message }
  if (code === 'forbidden' || code === 'not-found' || code === 'invalid-argument') return { is: 'refused', message }
  const waits = (away: 'no' | 'perhaps' | 'surely') => ({ is: 'waits', why: message, away, piece: null }) as const
  if (code === 'integrity' && details.reason === 'stored-otherwise') return { ...waits('no'), piece: theirs }
  if (code === 'unauthorized' || code === 'untrusted-certificate') return waits('surely')
  // What the archive reports of itself may be about this item alone.
  if (code === 'unreachable' && details.reason === 'server-fault') return waits('no')
  if (code === 'unreachable' || code === 'timeout') return waits('perhaps')
  return waits('no')
}

/** A name of its own beside the archive's, made of the content, so that sending twice writes one file. */
export const besideName = (name: string, md5: string): string => {
  const parts = name.split('/')
  return [...parts.slice(0, -1), `beside-${md5.slice(0, 8)}`, ...parts.slice(-1)].join('/')
}

const stuckSentences = {
  key:
    'The key of this item is not in this computer’s keyring: it was reset, or does not answer. Try again once the keyring answers. If its key is gone, ' +
    'run the scans again, they are in the archive or on the device; the administrator’s recovery key opens it too.',
  newer: 'This was packed by a newer Scanside and is left alone. Update Scanside on this computer to send it.',
  damaged:
    'The file of this item is damaged. It was put aside and not deleted; what this desk’s records still hold is packed again. ' +
    'If the result is not in the archive, run the scans again.',
} as const

/** What a person is offered, by the item's state. */
export const choicesFor = ({ state, stuck }: Pick<Entry, 'state' | 'stuck'>): OutboxChoice[] => {
  if (stuck === 'newer') return []
  if (stuck === 'damaged') return ['discard']
  if (state === 'conflict') return ['keep-theirs', 'send-beside', 'replace']
  if (state === 'refused' || state === 'locked') return ['retry', 'discard']
  return state === 'waiting' ? ['retry'] : []
}

/** The item as the window sees it. `titled`: false on a locked desk. */
export const shownItem = (entry: Entry, titled: boolean): OutboxItem => ({
  id: entry.facts.id,
  kind: entry.facts.kind,
  run: entry.content?.run ?? null,
  title: titled ? (entry.content?.title ?? '') : '',
  createdAt: entry.facts.createdAt,
  size: entry.facts.size,
  state: entry.state,
  message: entry.stuck ? stuckSentences[entry.stuck] : entry.message,
  choices: choicesFor(entry),
  theirs: entry.state === 'conflict' && entry.theirs ? { size: entry.theirs.size, md5: entry.theirs.md5.slice(0, 64) } : null,
})
