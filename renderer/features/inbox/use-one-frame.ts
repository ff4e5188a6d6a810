import { useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { asScansideError } from '../../lab.ts'
import { readFrame } from '../viewer/bulk.ts'
import type { Frame } from '../viewer/frame-source.ts'

const noLayers = { of: () => [] }

export interface OneFrame {
  shown: { index: number; frame: Frame } | null
  error: ScansideError | null
}

/** One B-scan of an open scan and no other: the Inbox stands beside a machine that judges. The last one stays until the next is there. */
export function useOneFrame(open: OpenScan, index: number): OneFrame {
  const [state, setState] = useState<OneFrame>({ shown: null, error: null })
  useEffect(() => {
    const aborter = new AbortController()
    readFrame(open, noLayers, index, aborter.signal, () => true).then(
      (frame) => {
        if (!aborter.signal.aborted) setState({ shown: { index, frame }, error: null })
      },
      (cause: unknown) => {
        if (!aborter.signal.aborted) setState({ shown: null, error: asScansideError(cause) })
      },
    )
    return () => aborter.abort()
  }, [open, index])
  return state
}
