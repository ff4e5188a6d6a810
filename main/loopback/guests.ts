/**
 * Who is here without having shown the key. Any program on this machine may connect, as often as it likes: only so many of them stay, and
 * the oldest goes first, so that the window's own connection always finds room.
 */
export interface Guests<T> {
  came(one: T): void
  /** It has shown the key: it stays as long as it likes. */
  known(one: T): void
  left(one: T): void
}

/** At most `most` guests; `sendAway` ends the oldest one's connection. */
export function createGuests<T>(most: number, sendAway: (one: T) => void): Guests<T> {
  // A set keeps the order in which they came.
  const here = new Set<T>()
  return {
    came(one) {
      here.add(one)
      for (const oldest of here) {
        if (here.size <= most) break
        here.delete(oldest)
        sendAway(oldest)
      }
    },
    known: (one) => void here.delete(one),
    left: (one) => void here.delete(one),
  }
}
