/** What is measured inside a page. Each function is sent there as it stands, so it uses nothing from outside itself. */

export interface Opened {
  /** ms from the last byte in main's cache (its answer to the upload) to: the parsed scan in the window, the first B-scan seen, all decoded */
  parsed: number
  first: number
  all: number
}

/** Marks the moment a file has arrived in main's cache: when its upload is answered. */
export function watchUploads(): void {
  const send = window.fetch
  window.fetch = async (input, init) => {
    const answer = await send(input, init)
    if (init?.method === 'PUT') performance.mark('bench:arrived')
    return answer
  }
}

/** Times of the scan that was opened; null until all its B-scans are decoded. */
export function openedTimes(): Opened | null {
  const time = (name: string) => performance.getEntriesByName(name, 'mark').at(-1)?.startTime
  const from = time('bench:arrived')
  const [opened, first, all] = [time('viewer:opened'), time('viewer:first-frame'), time('viewer:all-decoded')]
  if (from === undefined || opened === undefined || first === undefined || all === undefined) return null
  return { parsed: opened - from, first: first - from, all: all - from }
}

/** Presses an arrow key once per animation frame, to and fro through the volume; answers the ms between frames. */
export function stepThrough({ steps, frames }: { steps: number; frames: number }): Promise<number[]> {
  return new Promise((resolve) => {
    const deltas: number[] = []
    let last = 0
    const turn = (now: number) => {
      if (last > 0) deltas.push(now - last)
      last = now
      if (deltas.length === steps) return resolve(deltas)
      const key = Math.floor(deltas.length / (frames - 1)) % 2 === 0 ? 'ArrowLeft' : 'ArrowRight'
      document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
      requestAnimationFrame(turn)
    }
    requestAnimationFrame(turn)
  })
}

/** The ms between animation frames of a page that does nothing. */
export function idleFrames(count: number): Promise<number[]> {
  return new Promise((resolve) => {
    const deltas: number[] = []
    let last = 0
    const turn = (now: number) => {
      if (last > 0) deltas.push(now - last)
      last = now
      if (deltas.length === count) resolve(deltas)
      else requestAnimationFrame(turn)
    }
    requestAnimationFrame(turn)
  })
}

/** What draws here, as WebGL names it. */
export function rendererName(): string {
  const gl = document.createElement('canvas').getContext('webgl2')
  const info = gl?.getExtension('WEBGL_debug_renderer_info')
  return gl && info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : 'no WebGL2: Canvas2D'
}

/** Counts tasks over 50 ms from now on; read with `longTasks`. */
export function watchLongTasks(): void {
  const found: number[] = []
  Object.assign(window, { longTasks: found })
  new PerformanceObserver((list) => found.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' })
}

export function longTasks(): number {
  return (window as unknown as { longTasks: number[] }).longTasks.length
}
