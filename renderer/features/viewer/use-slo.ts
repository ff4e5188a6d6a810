import { useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { asScansideError } from '../../lab.ts'
import { readSlo } from './bulk.ts'
import type { GreyImage } from './painter.ts'

/** What was read of the scans now open: several panes show the same SLO. */
const kept = new WeakMap<OpenScan, GreyImage>()

/** The SLO's picture, or why it could not be read; both null while it comes and where the file has none. */
export function useSlo(open: OpenScan): { grey: GreyImage | null; error: ScansideError | null } {
  const [state, setState] = useState<{ grey: GreyImage | null; error: ScansideError | null }>({ grey: kept.get(open) ?? null, error: null })
  useEffect(() => {
    const known = kept.get(open) ?? null
    setState((before) => (before.grey === known && !before.error ? before : { grey: known, error: null }))
    const { slo } = open.scan
    if (known || !slo) return
    const aborter = new AbortController()
    readSlo(open, aborter.signal).then(
      (pixels) => {
        if (!pixels) return
        const grey = { width: slo.width, height: slo.height, pixels }
        kept.set(open, grey)
        setState({ grey, error: null })
      },
      (error: unknown) => {
        if (!aborter.signal.aborted) setState({ grey: null, error: asScansideError(error) })
      },
    )
    return () => aborter.abort()
  }, [open])
  return state
}
