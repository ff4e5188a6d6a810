import { useCallback, useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { RunDetail, RunSummary } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { emptyLog, type Log, lastSeq, mergeLog } from './log-lines.ts'

interface Known {
  /** Null while it is read the first time. */
  detail: RunDetail | null
  error: ScansideError | null
}

/**
 * One run in full. It is read again with every change main pushes (the summary's state, home and verdicts; `owed`, how much is
 * still to be removed at this desk) and whenever `again` is called.
 * Mount it once per run (`key`): what is known of one run is never shown for another.
 */
export function useRunDetail(run: string, summary: RunSummary | undefined, owed: number): Known & { again: () => void } {
  const [known, setKnown] = useState<Known>({ detail: null, error: null })
  const [asked, setAsked] = useState(0)
  const version = `${asked} ${owed} ${summary?.state} ${summary?.home} ${summary?.endedAt} ${summary?.verdicts.length}`
  useEffect(() => {
    const aborter = new AbortController()
    void readDetail(run, version, aborter.signal, setKnown)
    return () => aborter.abort()
  }, [run, version])
  const again = useCallback(() => setAsked((n) => n + 1), [])
  return { ...known, again }
}

/** `_version` is what makes an effect read again; the answer itself is always the newest. */
async function readDetail(run: string, _version: string, signal: AbortSignal, set: (change: (before: Known) => Known) => void): Promise<void> {
  try {
    const detail = await lab.runs.get({ run })
    if (!signal.aborted) set(() => ({ detail, error: null }))
  } catch (error) {
    if (!signal.aborted) set((before) => ({ detail: before.detail, error: asScansideError(error) }))
  }
}

/** A run's log: what main holds, then every line that comes. Reads are one at a time; what grows meanwhile is read next. */
export function useRunLog(run: string): { log: Log; error: ScansideError | null } {
  const [state, setState] = useState<{ log: Log; error: ScansideError | null }>({ log: emptyLog, error: null })
  useEffect(() => {
    let gone = false
    let reading = false
    let wanted = false
    let log = emptyLog
    const read = async () => {
      wanted = true
      if (reading) return
      reading = true
      while (wanted && !gone) {
        wanted = false
        try {
          const answer = await lab.runs.log({ run, after: lastSeq(log) })
          log = mergeLog(log, answer.lines, answer.dropped)
          if (!gone) setState({ log, error: null })
        } catch (error) {
          if (!gone) setState({ log, error: asScansideError(error) })
        }
      }
      reading = false
    }
    const stop = lab.on('run.log', (grown) => {
      if (grown.run === run && grown.seq > lastSeq(log)) void read()
    })
    void read()
    return () => {
      gone = true
      stop()
    }
  }, [run])
  return state
}

/** The present time in ms, renewed every half second while something goes on. */
export function useNow(goesOn: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!goesOn) return
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [goesOn])
  return now
}
