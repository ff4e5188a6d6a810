import { useEffect, useRef, useState } from 'react'
import type { OpenedScan } from '../geometry.ts'
import type { Boundary } from './boundaries.ts'
import { type Projection, projectFrame, type Slab, slabRows } from './en-face.ts'

/** The B-scans that have been decoded so far. */
export interface DecodedFrames {
  ready(index: number): { pixels: Uint8Array; width: number; height: number } | null
}

/** ms of work before the window gets its turn */
const slice = 8
/** ms between two looks for B-scans that have come meanwhile */
const pause = 120
/** ms between two changes that are told: a picture is made of each */
const apart = 250

export interface EnFace {
  /** Grey values per A-scan of each B-scan, null where it has not come yet. A new array whenever it is told to have grown. */
  values: readonly (Float32Array | null)[]
  done: number
}

const empty: EnFace = { values: [], done: 0 }

/**
 * The projection of a slab, B-scan by B-scan as they are decoded, in slices that leave the window free.
 * @param slab null for the whole depth @param upper @param lower the slab's boundaries; null while they are read
 */
export function useEnFace(
  scan: OpenedScan,
  frames: DecodedFrames | null,
  slab: Slab | null,
  upper: Boundary | null,
  lower: Boundary | null,
  projection: Projection,
): EnFace {
  const [state, setState] = useState(empty)
  const source = useRef(frames)
  source.current = frames
  const above = slab?.above ?? 0
  const below = slab?.below ?? 0
  const whole = slab === null

  useEffect(() => {
    if (!whole && !(upper && lower)) return setState(empty)
    const values: (Float32Array | null)[] = scan.frames.map(() => null)
    let left = scan.frames.map((_, frame) => frame)
    let timer: ReturnType<typeof setTimeout> | undefined
    let told = { done: 0, at: Number.NEGATIVE_INFINITY }
    const work = () => {
      const until = performance.now() + slice
      const waiting: number[] = []
      for (const [i, frame] of left.entries()) {
        if (performance.now() > until) {
          waiting.push(...left.slice(i))
          break
        }
        const decoded = source.current?.ready(frame)
        const top = upper?.[frame]
        const bottom = lower?.[frame]
        if (!decoded) waiting.push(frame)
        else {
          const rows = !whole && top && bottom ? slabRows(top, bottom, above, below, scan.spacing.axial) : null
          values[frame] = projectFrame(decoded.pixels, decoded.width, decoded.height, rows, projection)
        }
      }
      const now = performance.now()
      const cut = now > until
      left = waiting
      const done = values.length - left.length
      if (done > told.done && (left.length === 0 || now - told.at >= apart)) {
        told = { done, at: now }
        setState({ values: [...values], done })
      }
      if (left.length > 0) timer = setTimeout(work, cut ? 0 : pause)
    }
    setState(empty)
    timer = setTimeout(work)
    return () => clearTimeout(timer)
  }, [scan, whole, above, below, upper, lower, projection])

  return state
}
