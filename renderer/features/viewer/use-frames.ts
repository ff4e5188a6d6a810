import { useCallback, useEffect, useRef, useState } from 'react'
import type { OpenScan } from '../../../preload/contract.ts'
import { readFrame } from './bulk.ts'
import { startDecoder } from './decoder.ts'
import { createFrameSource, type Frame, type FrameSource, type FrameState } from './frame-source.ts'

/** bytes of decoded B-scans kept */
const budget = 96 * 1024 * 1024

/**
 * The B-scan a person is at, and the one to be seen meanwhile: while the next is read, the last stays, so that nothing blinks.
 * `shown.index` tells which it is.
 */
export function useFrames(open: OpenScan, index: number): { at: FrameState; shown: { index: number; frame: Frame } | null; retry: () => void } {
  const [source, setSource] = useState<FrameSource | null>(null)
  const [, redraw] = useState(0)
  const last = useRef<{ index: number; frame: Frame } | null>(null)

  useEffect(() => {
    const { width, height, frames } = open.scan
    const decoder = startDecoder()
    const capacity = Math.floor(budget / Math.max(1, width * height))
    const made = createFrameSource(
      frames.length,
      capacity,
      (i, signal) => readFrame(open, decoder, i, signal),
      () => redraw((n) => n + 1),
    )
    setSource(made)
    return () => {
      made.close()
      decoder.close()
      last.current = null
    }
  }, [open])

  useEffect(() => source?.want(index), [source, index])

  const retry = useCallback(() => {
    source?.retry(index)
    source?.want(index)
    redraw((n) => n + 1)
  }, [source, index])

  const at: FrameState = source?.state(index) ?? { state: 'loading' }
  if (at.state === 'ready' && last.current?.frame !== at.frame) last.current = { index, frame: at.frame }
  return { at, shown: at.state === 'failed' ? null : last.current, retry }
}
