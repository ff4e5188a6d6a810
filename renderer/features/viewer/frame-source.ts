/** Loads the B-scans of a scan: the one a person looks at first, its neighbours next, then all others while there is room. */

/** A B-scan ready to be shown. */
export interface Frame {
  /** px */
  width: number
  height: number
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
  /** Asks for a B-scan, then its neighbours, then all others, nearest first. What was asked for before and has not begun is forgotten. */
  want(index: number): void
  /** What is known of a B-scan now. */
  state(index: number): FrameState
  /** A B-scan that is there, whoever asked for it. */
  ready(index: number): Frame | null
  /** B-scans that are there now. */
  readonly readyCount: number
  /** B-scans of the scan. */
  readonly total: number
  /** Forgets a failure, so that the next `want` tries again. */
  retry(index: number): void
  close(): void
}

export interface FrameSourceOptions {
  total: number
  /** bytes of a decoded B-scan */
  sizeOf(index: number): number
  /** bytes of decoded B-scans kept; the wanted one and two neighbours on each side are kept whatever they take */
  budget: number
  /** B-scans under way at once for later use; the wanted one begins beside them */
  lanes: number
  /** Reads one B-scan; `urgent` tells at any moment whether a person waits for it. */
  load(index: number, signal: AbortSignal, urgent: () => boolean): Promise<Frame>
  /** Told whenever a B-scan is ready, or the wanted one has failed. */
  onChange(index: number): void
}

/** B-scans on each side of the wanted one that are loaded even where something else has to go for them. */
const near = 2

export function createFrameSource(options: FrameSourceOptions): FrameSource {
  const { total, budget, lanes } = options
  const ready = new Map<number, Frame>()
  const failed = new Map<number, unknown>()
  /** Failed while nobody waited: tried again once somebody does. */
  const putOff = new Set<number>()
  const under = new Set<number>()
  const aborter = new AbortController()
  let wanted = -1
  /** bytes: there, and under way */
  let used = 0
  let coming = 0

  const away = (index: number) => Math.abs(index - wanted)
  const drop = (index: number) => {
    if (ready.delete(index)) used -= options.sizeOf(index)
  }
  const farthest = (): number => {
    let found = -1
    for (const index of ready.keys()) if (found < 0 || away(index) > away(found)) found = index
    return found
  }
  const fits = (index: number): boolean => {
    if (used + coming + options.sizeOf(index) <= budget || away(index) <= near) return true
    const last = farthest()
    return last >= 0 && away(last) > away(index)
  }
  const keep = (index: number, frame: Frame) => {
    drop(index)
    ready.set(index, frame)
    used += options.sizeOf(index)
    while (used > budget) {
      const last = farthest()
      if (last < 0 || away(last) <= near) return
      drop(last)
    }
  }

  const begin = (index: number) => {
    under.add(index)
    coming += options.sizeOf(index)
    options
      .load(index, aborter.signal, () => index === wanted)
      .then(
        (frame) => {
          if (aborter.signal.aborted) return false
          keep(index, frame)
          return ready.has(index)
        },
        (error: unknown) => {
          if (index === wanted) failed.set(index, error)
          else putOff.add(index)
          return index === wanted
        },
      )
      .then((changed) => {
        under.delete(index)
        coming -= options.sizeOf(index)
        if (aborter.signal.aborted) return
        if (changed) options.onChange(index)
        pump()
      })
  }
  const open = (index: number) => index >= 0 && index < total && !ready.has(index) && !under.has(index) && !failed.has(index)

  const pump = () => {
    if (aborter.signal.aborted || wanted < 0) return
    if (open(wanted) && under.size <= lanes + 1) {
      putOff.delete(wanted)
      begin(wanted)
    }
    if (ready.size + under.size === total) return
    for (let step = 1; step < total && under.size < lanes; step++) {
      for (const index of [wanted + step, wanted - step]) {
        if (under.size >= lanes || !open(index) || putOff.has(index)) continue
        // Farther ones fit even less.
        if (!fits(index)) return
        begin(index)
      }
    }
  }

  return {
    total,
    get readyCount() {
      return ready.size
    },
    want(index) {
      wanted = index
      pump()
    },
    state(index) {
      const frame = ready.get(index)
      if (frame) return { state: 'ready', frame }
      return failed.has(index) ? { state: 'failed', error: failed.get(index) } : { state: 'loading' }
    },
    ready: (index) => ready.get(index) ?? null,
    retry(index) {
      failed.delete(index)
    },
    close() {
      aborter.abort()
      ready.clear()
    },
  }
}
