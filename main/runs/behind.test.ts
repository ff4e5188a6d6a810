import { expect, it } from 'vitest'
import { createBehind } from './behind.ts'

const bench = () => {
  const made: string[] = []
  const disk = { full: false }
  const write = (what: string) => () => {
    if (disk.full) throw new Error('database or disk is full')
    made.push(what)
  }
  return { made, disk, write, behind: createBehind() }
}

it('writes at once where there is room', () => {
  const { made, write, behind } = bench()
  behind.write(write('a'))
  expect([made, behind.catchUp()]).toEqual([['a'], 0])
})

it('keeps the order of what could not be written', () => {
  const { made, disk, write, behind } = bench()
  disk.full = true
  expect(() => behind.write(write('a'))).toThrow('full')
  behind.later(write('a'))
  expect(() => behind.write(write('b'))).toThrow('full')
  behind.later(write('b'))
  expect([made, behind.catchUp()]).toEqual([[], 2])
  disk.full = false
  behind.write(write('c'))
  expect([made, behind.catchUp()]).toEqual([['a', 'b', 'c'], 0])
})

it('goes on where it stopped', () => {
  const { made, disk, write, behind } = bench()
  behind.later(write('a'))
  behind.later(() => {
    if (disk.full) throw new Error('full')
    made.push('b')
  })
  disk.full = false
  expect(behind.catchUp()).toBe(0)
  disk.full = true
  behind.later(write('c'))
  expect(behind.catchUp()).toBe(1)
  disk.full = false
  expect([behind.catchUp(), made]).toEqual([0, ['a', 'b', 'c']])
})
