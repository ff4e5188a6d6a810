/**
 * Writes that could not be made, because the disk was full or the records were held: kept in their order until they can. What a run has come
 * to, and what was removed of it, is then written down late rather than never.
 */

export interface Behind {
  /** Makes what is behind, then this. @throws what lab.db throws, at the first that cannot be made; nothing is then out of order */
  write(work: () => void): void
  /** To be made when there is room again, after all that is behind already. */
  later(work: () => void): void
  /** Makes what can be made now; answers how many are still behind. Never throws. */
  catchUp(): number
}

/** Most that is kept: so many runs do not end while nothing can be written. */
const most = 10_000

export const createBehind = (): Behind => {
  const waiting: (() => void)[] = []
  const make = () => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      next()
      waiting.shift()
    }
  }
  return {
    write(work) {
      make()
      work()
    },
    later(work) {
      if (waiting.length < most) waiting.push(work)
    },
    catchUp() {
      try {
        make()
      } catch {
        // Still no room; whoever could not write has told of it.
      }
      return waiting.length
    },
  }
}
