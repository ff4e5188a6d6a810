import { useCallback, useEffect, useRef, useState } from 'react'
import type { OpenScan } from '../../../preload/contract.ts'
import { type LayerBook, readFrame, readLayers } from './bulk.ts'
import { decodeLanes } from './decoder.ts'
import { createFrameSource, type Frame, type FrameSource, type FrameState } from './frame-source.ts'

/** bytes of decoded B-scans kept */
const budget = 512 * 1024 * 1024
/** ms between redraws for B-scans nobody looks at; who reads `readyCount` sees it grow in such steps */
const pause = 100

export interface Frames {
  /** The B-scan a person is at. */
  at: FrameState
  /** The B-scan to be seen meanwhile: while the next is read, the last stays, so that nothing blinks. */
  shown: { index: number; frame: Frame } | null
  retry: () => void
  /** All B-scans as they come; null before the first moment. */
  source: FrameSource | null
}

/** The B-scans of an open scan: the one at `index` first, the others behind it. */
export function useFrames(open: OpenScan, index: number): Frames {
  const [source, setSource] = useState<FrameSource | null>(null)
  const [, redraw] = useState(0)
  const last = useRef<Frames['shown']>(null)
  const at = useRef(index)
  at.current = index

  useEffect(() => {
    const { frames } = open.scan
    const aborter = new AbortController()
    let waiting: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      clearTimeout(waiting)
      waiting = undefined
      redraw((n) => n + 1)
    }
    const sizeOf = (i: number) => (frames[i]?.width ?? 0) * (frames[i]?.height ?? 0)
    performance.mark('viewer:opened')
    let layers: LayerBook | undefined
    const made = createFrameSource({
      total: frames.length,
      sizeOf,
      budget,
      // One more than there are workers: while they decode, the next is fetched.
      lanes: decodeLanes + 1,
      load: (i, signal, urgent) => readFrame(open, { of: (which) => layers?.of(which) }, i, signal, urgent),
      onChange: (i) => {
        if (made.readyCount === frames.length) performance.mark('viewer:all-decoded')
        if (i === at.current) show()
        else waiting ??= setTimeout(show, pause)
      },
    })
    // The image first: a browser sends only a few requests at once.
    made.want(at.current)
    layers = readLayers(open, aborter.signal, show)
    setSource(made)
    return () => {
      clearTimeout(waiting)
      aborter.abort()
      made.close()
      last.current = null
    }
  }, [open])

  useEffect(() => source?.want(index), [source, index])

  const retry = useCallback(() => {
    source?.retry(index)
    source?.want(index)
    redraw((n) => n + 1)
  }, [source, index])

  const state: FrameState = source?.state(index) ?? { state: 'loading' }
  if (state.state === 'ready' && last.current?.frame !== state.frame) last.current = { index, frame: state.frame }
  const seen = last.current !== null
  useEffect(() => {
    // The pane has drawn it by now; what was drawn is on the screen when the next frame begins.
    if (seen) requestAnimationFrame(() => performance.mark('viewer:first-frame'))
  }, [seen])

  return { at: state, shown: state.state === 'failed' ? null : last.current, retry, source }
}
