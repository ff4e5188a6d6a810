import { describe, expect, it } from 'vitest'
import type { Flavor, Limits } from '../openstack/openstack.ts'
import { machinesAtOnce, smallestFlavor } from './flavor.ts'

const flavor = (name: string, vcpus: number, ramMiB: number, diskGiB: number): Flavor => ({ id: name, name, vcpus, ramMiB, diskGiB })
const cloud = [flavor('large', 8, 16384, 40), flavor('small', 2, 2048, 20), flavor('tiny', 1, 512, 1), flavor('medium', 2, 4096, 20)]
const GiB = 1024 ** 3
const need = (memoryBytes: number, cpus: number, image: { minRamMiB?: number; minDiskGiB?: number; size?: number } = {}) => ({
  memoryBytes,
  cpus,
  image: { minRamMiB: 0, minDiskGiB: 0, size: 300_000_000, ...image },
})

describe('smallestFlavor', () => {
  it.each([
    ['a GiB and 512 MiB for the system', cloud, need(GiB, 2), 'small'],
    ['exactly what is there', cloud, need(1.5 * GiB, 2), 'small'],
    ['one byte more', cloud, need(1.5 * GiB + 1, 2), 'medium'],
    ['half a CPU is one', cloud, need(16 * 1024 ** 2, 0.5, {}), 'small'],
    ['two CPUs and a half are three', cloud, need(GiB, 2.5), 'large'],
    ['the image asks for memory', cloud, need(GiB, 1, { minRamMiB: 3000 }), 'medium'],
    ['the image asks for a disk', cloud, need(GiB, 1, { minDiskGiB: 30 }), 'large'],
    ['the image itself is large', cloud, need(GiB, 1, { size: 25 * GiB }), 'large'],
    ['the smaller disk of two', [flavor('b', 2, 2048, 40), flavor('a', 2, 2048, 20)], need(GiB, 2), 'a'],
    ['the name decides between twins', [flavor('b', 2, 2048, 20), flavor('a', 2, 2048, 20)], need(GiB, 2), 'a'],
    ['a flavor without a disk is the last resort', [flavor('none', 2, 2048, 0), flavor('disk', 4, 8192, 20)], need(GiB, 2), 'disk'],
    ['and taken where there is nothing else', [flavor('none', 2, 2048, 0)], need(GiB, 2), 'none'],
  ])('%s', (_, flavors, asked, expected) => {
    expect(smallestFlavor(flavors, asked).flavor?.name).toBe(expected)
  })

  it.each([
    ['memory', cloud, need(64 * GiB, 2), 'none has enough memory.'],
    ['CPUs', cloud, need(GiB, 64), 'none has enough CPUs.'],
    ['both', cloud, need(64 * GiB, 64), 'none has enough memory and enough CPUs.'],
    ['disk', cloud, need(GiB, 2, { minDiskGiB: 500 }), 'none has a disk that is large enough.'],
    ['all together', [flavor('a', 8, 1024, 20), flavor('b', 1, 8192, 20)], need(GiB, 4), 'none has all of it together.'],
    ['anything', [], need(GiB, 1), 'The cloud offers no flavor'],
  ])('names what is missing: %s', (_, flavors, asked, sentence) => {
    const found = smallestFlavor(flavors, asked)
    expect(found.flavor).toBeNull()
    expect(found.missing).toContain(sentence)
  })

  it('names what was asked', () => {
    expect(smallestFlavor(cloud, need(64 * GiB, 2)).missing).toContain('66048 MiB of memory, 2 CPUs and a disk of 1 GiB')
  })
})

const limits = (instances: [number, number], cores: [number, number], ramMiB: [number, number]): Limits => ({
  instances: { used: instances[0], max: instances[1] },
  cores: { used: cores[0], max: cores[1] },
  ramMiB: { used: ramMiB[0], max: ramMiB[1] },
})

describe('machinesAtOnce', () => {
  it.each([
    ['nothing known', 10, null, cloud[1], 0, 10],
    ['without limits', 10, limits([3, -1], [3, -1], [3, -1]), cloud[1], 3, 10],
    ['machines are few', 10, limits([1, 5], [0, 100], [0, 100_000]), cloud[1], 0, 4],
    ['cores are few', 10, limits([0, 50], [15, 20], [0, 100_000]), cloud[1], 0, 2],
    ['memory is little', 10, limits([0, 50], [0, 100], [0, 5_000]), cloud[1], 0, 2],
    ['our own are counted as used', 10, limits([5, 5], [10, 10], [10_240, 10_240]), cloud[1], 5, 5],
    ['others have taken all', 10, limits([5, 5], [10, 10], [10_240, 10_240]), cloud[1], 0, 0],
    ['a quota that was lowered below what is used', 10, limits([8, 5], [0, 100], [0, 100_000]), cloud[1], 2, 2],
    ['the person wants fewer', 1, limits([0, 50], [0, 100], [0, 100_000]), cloud[1], 0, 1],
    ['a flavor not known: machines alone', 10, limits([0, 3], [0, 1], [0, 1]), null, 0, 3],
  ])('%s', (_, max, known, one, own, expected) => {
    expect(machinesAtOnce({ max, limits: known, flavor: one ?? null, own })).toBe(expected)
  })
})
