import { expect, it } from 'vitest'
import { byFitness, bySize, machineCount } from './offers.ts'

const flavor = (name: string, ramMiB: number, vcpus: number, diskGiB = 10) => ({ id: name, name, vcpus, ramMiB, diskGiB })

it('offers small machines first', () => {
  const flavors = [flavor('large', 8192, 2), flavor('wide', 2048, 4), flavor('deep', 2048, 1, 40), flavor('small', 2048, 1)]
  expect(bySize(flavors).map(({ name }) => name)).toEqual(['small', 'deep', 'wide', 'large'])
})

it('offers images made for runs before the others', () => {
  const image = (name: string, fits: boolean) => ({ id: name, name, fits })
  const { fit, others } = byFitness([image('z', true), image('debian', false), image('a', true)])
  expect([fit.map(({ name }) => name), others.map(({ name }) => name)]).toEqual([['a', 'z'], ['debian']])
})

it.each([
  ['1', 1],
  [' 50 ', 50],
  ['0', null],
  ['51', null],
  ['2.5', null],
  ['', null],
  ['ten', null],
])('"%s" machines are %s', (text, count) => expect(machineCount(text)).toBe(count))
