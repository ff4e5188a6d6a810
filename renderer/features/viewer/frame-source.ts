/** Loads the B-scans a person looks at, keeps the last ones, and fetches the neighbours ahead. */

/** A B-scan ready to be shown. */
export interface Frame {
  /** u8 display values, row-major, row 0 anterior */
  pixels: Uint8Array<ArrayBuffer>
  /** Rows per A-scan, px from the top, null where not segmented; null where the layer lines could not be read. */
  layers: LayerLine[] | null
}
export interface LayerLine {
  name: string
  rows: (number | null)[]
}

/** A B-scan as far as it has come. */
export type FrameState = { state: 'loading' } | { state: 'ready'; frame: Frame } | { state: 'failed'; error: unknown }

export interface FrameSource {
  /** Asks for a B-scan and, after it, for its neighbours; what was asked for before and has not begun is forgotten. */
  want(index: number): void
  /** What is known of a B-scan now. */
  state(index: number): FrameState
  /** Forgets a failure, so that the next `want` tries again. */
  retry(index: number): void
  close(): void
}

/**
 * @param count B-scans of the scan
 * @param capacity B-scans kept at most; at least the wanted one and its neighbours (5)
 * @param load reads one B-scan
 * @param onChange told whenever a B-scan is ready or has failed
 */
export function createFrameSource(
  count: number,
  capacity: number,
  load: (index: number, signal: AbortSignal) => Promise<Frame>,
  onChange: (index: number) => void,
): FrameSource {
  const ready = new Map<number, Frame>()
  const failed = new Map<number, unknown>()
  const under = new Set<number>()
  const aborter = new AbortController()
  const kept = Math.max(5, capacity)
  let queue: number[] = []

  const keep = (index: number, frame: Frame) => {
    ready.delete(index)
    ready.set(index, frame)
    for (const oldest of ready.keys()) {
      if (ready.size <= kept) break
      ready.delete(oldest)
    }
  }

  const pump = () => {
    while (under.size < 2 && !aborter.signal.aborted) {
      const next = queue.shift()
      if (next === undefined) return
      if (ready.has(next) || under.has(next) || failed.has(next)) continue
      under.add(next)
      load(next, aborter.signal)
        .then(
          (frame) => keep(next, frame),
          (error: unknown) => failed.set(next, error),
        )
        .finally(() => {
          under.delete(next)
          if (aborter.signal.aborted) return
          onChange(next)
          pump()
        })
    }
  }

  return {
    want(index) {
      const seen = ready.get(index)
      if (seen) keep(index, seen)
      queue = [index, index + 1, index - 1, index + 2, index - 2].filter((i) => i >= 0 && i < count)
      pump()
    },
    state(index) {
      const frame = ready.get(index)
      if (frame) return { state: 'ready', frame }
      return failed.has(index) ? { state: 'failed', error: failed.get(index) } : { state: 'loading' }
    },
    retry(index) {
      failed.delete(index)
    },
    close() {
      aborter.abort()
      ready.clear()
    },
  }
}
