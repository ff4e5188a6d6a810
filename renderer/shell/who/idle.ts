/** The idle lock's clock: how long nobody has pressed a key or moved the pointer. */

export interface IdleClock {
  /** Somebody moved. */
  moved(now: number): void
  /** Whether nobody has moved for `minutes`; never where that is 0. */
  due(now: number, minutes: number): boolean
}

/** A clock that begins to count at `now` (ms). */
export function createIdleClock(now: number): IdleClock {
  let last = now
  return {
    moved: (at) => {
      last = Math.max(last, at)
    },
    due: (at, minutes) => minutes > 0 && at - last >= minutes * 60_000,
  }
}
