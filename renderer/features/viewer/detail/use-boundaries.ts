import { useCallback, useEffect, useRef, useState } from 'react'
import { ScansideError } from '../../../../oct/errors.ts'
import type { OpenScan } from '../../../../preload/contract.ts'
import { bulkFetch } from '../../../bridge.ts'
import { asScansideError } from '../../../lab.ts'
import { type Boundary, boundaryOf } from './boundaries.ts'

export interface Boundaries {
  /** Null until it is read. */
  of: (name: string) => Boundary | null
  error: ScansideError | null
  retry: () => void
}

/** The rows of the named boundaries in all B-scans; each is read once while the scan is shown. */
export function useBoundaries(open: OpenScan, names: readonly string[]): Boundaries {
  const kept = useRef({ open, known: new Map<string, Boundary>() })
  if (kept.current.open !== open) kept.current = { open, known: new Map() }
  const { known } = kept.current
  const [failure, setFailure] = useState<{ open: OpenScan; error: ScansideError } | null>(null)
  const [, redraw] = useState(0)
  const error = failure?.open === open ? failure.error : null

  useEffect(() => {
    if (error) return
    const aborter = new AbortController()
    for (const name of names) {
      if (known.has(name)) continue
      readBoundary(open, name, aborter.signal).then(
        (rows) => {
          known.set(name, rows)
          redraw((n) => n + 1)
        },
        (cause: unknown) => {
          if (!aborter.signal.aborted) setFailure({ open, error: asScansideError(cause) })
        },
      )
    }
    return () => aborter.abort()
  }, [open, known, names, error])

  const of = useCallback((name: string) => known.get(name) ?? null, [known])
  const retry = useCallback(() => setFailure(null), [])
  return { of, error, retry }
}

async function readBoundary(open: OpenScan, name: string, signal: AbortSignal): Promise<Boundary> {
  const what = 'The layer lines could not be read. The file itself was not changed. Close the scan and open it again.'
  const answer = await bulkFetch(`${open.bulk}/layer/${encodeURIComponent(name)}`, { signal }).catch((cause: unknown) => {
    throw new ScansideError('unreachable', what, {}, { cause })
  })
  if (!answer.ok) throw new ScansideError('not-found', what, { status: answer.status })
  const bytes = await answer.arrayBuffer()
  const rows =
    bytes.byteLength % 4 === 0
      ? boundaryOf(
          new Float32Array(bytes),
          open.scan.frames.map(({ width }) => width),
        )
      : null
  if (!rows) throw new ScansideError('integrity', what, { bytes: bytes.byteLength })
  return rows
}
