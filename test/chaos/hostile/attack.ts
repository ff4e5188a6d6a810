/** What an attack is, and how it must end. */
import type { HostilePipeline } from './image.ts'

export interface Attack extends HostilePipeline {
  /** What it does, for the table of cases. */
  about: string
  /**
   * `contained`: its tries come to nothing, and it writes results that hold; they are published once. Else its run fails with this
   * sentence, and nothing is published.
   */
  ends: 'contained' | RegExp
  /** It is cancelled as soon as its log says `ready`; `ends` does not count then. */
  cancelled?: boolean
  /** Never in a log line, a result or a receipt. */
  forbidden?: string[]
}

/** Tries to do something that must not work; what works all the same is told by a line beginning with `BROKEN`. */
export const refusedAll = (tries: Record<string, string>): string =>
  `${Object.entries(tries)
    .map(([name, command]) => `if (${command}) >/dev/null 2>&1; then echo "BROKEN ${name}"; fi`)
    .join('\n')}
good >/output/results.json`

export const exitCode = /ended with an error \(exit code \d+\)/
export const noResults = /left no results\.json/
export const unreadable = /results\.json is not readable/
export const tooMany = /more than [\d,]+ files/
export const tooLarge = /more than [\d,]+ MB/
