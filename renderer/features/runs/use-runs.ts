import { useCallback, useEffect, useMemo, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { RunSummary } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useRunSummaries } from '../../stores.ts'
import { isActive, mergeRuns } from './grouping.ts'

const page = 100

/** Every run known to this window: those main pushes, and older ones once they were asked for. */
export function useRuns(): { runs: RunSummary[]; total: number; older: (() => void) | null; reading: boolean; error: ScansideError | null } {
  const pushed = useRunSummaries()
  const [pulled, setPulled] = useState<RunSummary[]>([])
  const [total, setTotal] = useState(0)
  const [reading, setReading] = useState(false)
  const [error, setError] = useState<ScansideError | null>(null)
  const runs = useMemo(() => mergeRuns(pushed, pulled), [pushed, pulled])

  // Active runs are pushed whatever their age: only the ended ones tell how far down the list this window has come.
  const offset = runs.filter((run) => !isActive(run)).length

  const read = useCallback((from: number, limit: number) => {
    setReading(true)
    lab.runs
      .list({ offset: from, limit })
      .then(
        (answer) => {
          setPulled((before) => mergeRuns(answer.rows, before))
          setTotal(answer.total)
          setError(null)
        },
        (cause: unknown) => setError(asScansideError(cause)),
      )
      .finally(() => setReading(false))
  }, [])

  // One row, for the sake of the total.
  useEffect(() => read(0, 1), [read])

  const older = runs.length < total ? () => read(offset, page) : null
  return { runs, total: Math.max(total, runs.length), older, reading, error }
}
