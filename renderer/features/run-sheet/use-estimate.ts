import { useEffect, useState } from 'react'
import type { Estimate } from '../../../preload/cloud.ts'
import { lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'

/** How long a choice must stand before it is estimated: a person who ticks ten boxes asks once. */
const settleMs = 150

interface Asked {
  pipeline: string | undefined
  scans: number
  bytes: number | null
  local: boolean
}

/**
 * How long the run would take here and there, asked anew whenever it, the engine, the cloud or the queue changes. The last answer for the
 * same pipeline stays until the new one is there; null where none is known.
 */
export function useEstimate({ pipeline, scans, bytes, local }: Asked): Estimate | null {
  const { engine, cloud, counts } = useApp()
  const [known, setKnown] = useState<{ pipeline: string; estimate: Estimate } | null>(null)
  const about = `${engine.state} ${cloud.state} ${cloud.runs} ${counts.active}`
  useEffect(() => {
    if (pipeline === undefined || scans === 0) return
    const aborter = new AbortController()
    const timer = setTimeout(() => void ask({ pipeline, scans, bytes, local }, about, aborter.signal, setKnown), settleMs)
    return () => {
      aborter.abort()
      clearTimeout(timer)
    }
  }, [pipeline, scans, bytes, local, about])
  return known !== null && known.pipeline === pipeline && scans > 0 ? known.estimate : null
}

/** `_about` is what makes an effect ask again. A guess that cannot be had is none: the run may be started all the same. */
async function ask(
  asked: Asked & { pipeline: string },
  _about: string,
  signal: AbortSignal,
  set: (known: { pipeline: string; estimate: Estimate } | null) => void,
): Promise<void> {
  const estimate = await lab.runs.estimate(asked).catch(() => null)
  if (!signal.aborted) set(estimate && { pipeline: asked.pipeline, estimate })
}
