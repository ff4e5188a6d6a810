import { useCallback, useMemo, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { RunSummary } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useRunSummaries } from '../../stores.ts'
import { mergeRuns } from './grouping.ts'

const page = 100

/** Every run known to this window: those main pushes, and older ones once they were asked for. */
export function useRuns(): { runs: RunSummary[]; older: (() => void) | null; reading: boolean; error: ScansideError | null } {
  const pushed = useRunSummaries()
  const [pulled, setPulled] = useState<RunSummary[]>([])
  const [total, setTotal] = useState<number | null>(null)
  const [reading, setReading] = useState(false)
  const [error, setError] = useState<ScansideError | null>(null)
  const runs = useMemo(() => mergeRuns(pushed, pulled), [pushed, pulled])

  const older = useCallback(() => {
    setReading(true)
    lab.runs.list({ offset: runs.length, limit: page }).then(
      (answer) => {
        setPulled((before) => mergeRuns(answer.rows, before))
        setTotal(answer.rows.length === 0 ? runs.length : answer.total)
        setError(null)
        setReading(false)
      },
      (cause: unknown) => {
        setError(asScansideError(cause))
        setReading(false)
      },
    )
  }, [runs.length])

  // Main pushes the newest ones only; a full store may have older ones behind it.
  const more = total === null ? pushed.length >= 20 : runs.length < total
  return { runs, older: more ? older : null, reading, error }
}
