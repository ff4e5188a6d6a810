import { useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { asScansideError } from '../../lab.ts'
import { readSlo } from './bulk.ts'
import type { GreyImage } from './painter.ts'

/** The SLO's picture, or why it could not be read; both null while it comes and where the file has none. */
export function useSlo(open: OpenScan): { grey: GreyImage | null; error: ScansideError | null } {
  const [state, setState] = useState<{ grey: GreyImage | null; error: ScansideError | null }>({ grey: null, error: null })
  useEffect(() => {
    const aborter = new AbortController()
    const slo = open.scan.slo
    readSlo(open, aborter.signal).then(
      (pixels) => setState({ grey: slo && pixels ? { width: slo.width, height: slo.height, pixels } : null, error: null }),
      (error: unknown) => {
        if (!aborter.signal.aborted) setState({ grey: null, error: asScansideError(error) })
      },
    )
    return () => aborter.abort()
  }, [open])
  return state
}
