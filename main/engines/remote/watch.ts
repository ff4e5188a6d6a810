/** Watches one machine until it has told its outcome: what it writes, and whether it is still there. */
import { ScansideError } from '../../../oct/errors.ts'
import { lineSplitter } from '../docker/logs.ts'
import type { LogLine, RunSpec } from '../engine.ts'
import type { Carrier, CarrierLook } from './carrier.ts'
import { type RemoteOutcome, remoteName } from './job.ts'
import { growingPauses, plainSleep, type RemoteEngineParts, type RemoteTimes } from './parts.ts'
import type { Reports } from './reports.ts'
import { consoleHint, hintSentence, problemError, stageLine } from './sentences.ts'

export interface Watch {
  parts: RemoteEngineParts
  carrier: Carrier
  times: RemoteTimes
  reports: Reports
  spec: RunSpec
  /** ms; when the order was given, and when nothing is waited for any more */
  startedAt: number
  deadline: number
  /** The machine has taken its token. */
  greeted(): void
  say(text: string): void
  tell(line: Omit<LogLine, 'seq'>): void
}

/** Refusals in a row after which a sign-in is taken to have ended; one may be a token that was just renewed. */
const refusalsBelieved = 3

const cancelled = () => new ScansideError('cancelled', 'The run was cancelled.')

/** The log as lines, whatever part of it is new. */
const logLines = ({ spec, tell, parts }: Watch) => {
  const lines = lineSplitter({ bytes: spec.limits.logBytes }, (stream, text) => tell({ stream, text, at: parts.now().toISOString() }))
  let taken = 0
  return {
    take(log: Uint8Array) {
      if (log.byteLength <= taken) return
      lines.push('stdout', log.subarray(taken))
      taken = log.byteLength
    },
    end: () => lines.end(),
  }
}

/**
 * Resolves with the outcome.
 * @throws ScansideError what the machine gave up for, or why it never told anything; `cancelled`; `timeout` at the deadline
 */
export async function watchRun(watch: Watch, signal: AbortSignal): Promise<RemoteOutcome> {
  const { parts, carrier, times, reports, spec, say } = watch
  const name = remoteName(spec.runId)
  const sleep = parts.sleep ?? plainSleep
  const briskly = () => growingPauses(times.firstPause, times.longestPause)
  let pause = briskly()
  const log = logLines(watch)
  const time = () => parts.now().getTime()
  let line = ''
  const seen: { state: CarrierLook['state'] | 'unknown'; at: number } = { state: 'unknown', at: 0 }
  let away = false
  let refusals = 0
  /** When it was first seen not to run any more, ms. */
  let endedAt: number | null = null

  /** Why a machine that did not tell anything has ended. */
  const silent = async (look: CarrierLook | null): Promise<ScansideError> => {
    if (look === null) {
      return new ScansideError(
        'not-found',
        'The cloud machine was removed by somebody else before it had reported. The scans are untouched; start the run again.',
      )
    }
    const hint = consoleHint(await carrier.hint(name, signal).catch(() => null), spec.runId)
    const supposed = hintSentence(hint)
    const details = hint === null ? {} : { console: hint }
    return look.state === 'failed'
      ? new ScansideError(
          look.code ?? 'engine-unavailable',
          `${look.reason ?? 'The cloud could not keep the machine.'} The scans are untouched.`,
          details,
        )
      : new ScansideError(
          'engine-unavailable',
          `The cloud machine switched itself off before it had reported. ${
            supposed === null
              ? 'The scans are untouched. Its image may lack cloud-init or curl, or it reached neither archive nor object store: ask the cloud’s administrator.'
              : `By its console, this is why: ${supposed}`
          }`,
          details,
        )
  }

  const reported = async (): Promise<RemoteOutcome | null> => {
    const news = await reports.news(signal)
    if (news.log) log.take(news.log)
    if (news.progress) {
      const text = stageLine(news.progress)
      if (text !== line) say(text)
      line = text
      if (news.progress.stage !== 'preparing') watch.greeted()
      // The end is near.
      if (news.progress.stage === 'sending') pause = briskly()
    }
    return news.outcome
  }

  /**
   * One round: the outcome, or why there will be none, or null to look again. A machine that has not started has nothing to report; one that runs is
   * looked at now and then, for many runs ask the same cloud. Rejects where it could not be asked.
   */
  const round = async (): Promise<RemoteOutcome | ScansideError | null> => {
    if (seen.state === 'running') {
      const outcome = await reported()
      if (outcome || time() - seen.at < times.look) return outcome
    }
    const look = await carrier.look(name, signal)
    const before = seen.state
    const state = look?.state ?? 'ended'
    seen.state = state
    seen.at = time()
    if (state === 'running') {
      endedAt = null
      if (before !== 'running') {
        say('The cloud machine runs.')
        pause = briskly()
      }
      return before === 'running' ? null : reported()
    }
    if (state === 'starting') {
      return time() - watch.startedAt > times.start
        ? new ScansideError(
            'timeout',
            `The cloud has not started the machine in ${Math.round(times.start / 60_000)} minutes. The scans are untouched; try again later, or tell the cloud’s administrator.`,
          )
        : null
    }
    // Its last word may have come, or be on its way.
    const told = (await reported()) ?? (await reports.outcome(signal))
    if (told) return told
    endedAt ??= time()
    return state === 'failed' || time() - endedAt >= times.grace ? silent(look) : null
  }

  const conclude = async (outcome: RemoteOutcome): Promise<RemoteOutcome> => {
    const last = await reports.news(signal).catch(() => null)
    if (last?.log) log.take(last.log)
    const dropped = log.end()
    if (dropped > 0) say(`${dropped} bytes of log were dropped: more than this run may write.`)
    if (outcome.problem !== null) throw problemError(outcome.problem)
    if (outcome.exitCode === null) {
      throw new ScansideError(
        'internal',
        'The cloud machine ended without saying why. No scan was judged; the scans are untouched. Start the run again.',
      )
    }
    return outcome
  }

  for (;;) {
    if (signal.aborted) throw cancelled()
    try {
      const said = await round()
      if (away) say('The cloud answers again.')
      away = false
      refusals = 0
      // Returned, not thrown: what is caught below is that the cloud could not be asked.
      if (said instanceof ScansideError) return Promise.reject(said)
      if (said) return conclude(said)
      // Only here: a desk that slept through the deadline asks first what has become of the machine.
      if (time() > watch.deadline) {
        return Promise.reject(
          new ScansideError(
            'timeout',
            'The cloud machine did not report in its time and is removed. The scans are untouched; run fewer scans at once, or tell the cloud’s administrator.',
          ),
        )
      }
    } catch (error) {
      if (signal.aborted) throw cancelled()
      if (!(error instanceof ScansideError)) throw error
      refusals = error.code === 'unauthorized' || error.code === 'forbidden' ? refusals + 1 : 0
      if (refusals >= refusalsBelieved || time() > watch.deadline) throw error
      if (!away) say('The cloud does not answer; the machine works on, and it is asked again.')
      away = true
    }
    await sleep(pause(), signal).catch(() => {})
  }
}
