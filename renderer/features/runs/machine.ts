/** What a run's machine in the cloud is doing, from what the engine room writes into the log about it. Pure. */
import type { LogLine } from './log-lines.ts'

export interface MachineDoing {
  what: 'ordered' | 'starting' | 'preparing' | 'fetching' | 'loading-image' | 'running' | 'sending' | 'done'
  /** Files within it; 0 of 0 where there is nothing to count. */
  done: number
  of: number
}

const shapes: readonly [MachineDoing['what'], RegExp][] = [
  ['ordered', /^The cloud has taken the order for a machine\.$/],
  ['starting', /^The cloud(’s)? machine (runs|is there; its reports are read)\.$/],
  ['preparing', /^The machine has started and asks the archive\.$/],
  ['fetching', /^The machine has fetched (?<done>\d+) of (?<of>\d+) files\.$/],
  ['fetching', /^The machine needs no files\.$/],
  ['loading-image', /^The machine makes the analysis image ready\.$/],
  ['running', /^The machine runs the pipeline\.$/],
  ['sending', /^The machine sends the results to the archive\.$/],
  ['done', /^The machine is done\.$/],
]

/** The newest of it; null before the machine was ordered. */
export function machineDoing(lines: readonly Pick<LogLine, 'stream' | 'text'>[]): MachineDoing | null {
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at]
    if (line?.stream !== 'scanside') continue
    for (const [what, shape] of shapes) {
      const found = shape.exec(line.text)
      if (found) return { what, done: Number(found.groups?.done ?? 0), of: Number(found.groups?.of ?? 0) }
    }
  }
  return null
}
