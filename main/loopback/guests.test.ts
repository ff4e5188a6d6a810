import { describe, expect, it } from 'vitest'
import { createGuests } from './guests.ts'

describe('guests', () => {
  it('are sent away, the oldest first, when there are too many', () => {
    const away: number[] = []
    const guests = createGuests<number>(2, (one) => away.push(one))
    for (const one of [1, 2, 3, 4]) guests.came(one)
    expect(away).toEqual([1, 2])
  })
  it('stay once they have shown the key, and leave room when they go', () => {
    const away: number[] = []
    const guests = createGuests<number>(2, (one) => away.push(one))
    guests.came(1)
    guests.known(1)
    guests.came(2)
    guests.came(3)
    guests.left(2)
    guests.came(4)
    expect(away).toEqual([])
    guests.came(5)
    expect(away).toEqual([3])
  })
})
