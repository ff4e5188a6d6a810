import { describe, expect, it } from 'vitest'
import { imageNamed } from './cloud.fixture.ts'
import { choiceProblem, choicesOf, type Offers, onlyFitting, usualChoices, usualFlavor } from './offers.ts'

const flavor = (id: string, vcpus: number, ramMiB: number, diskGiB: number) => ({ id, name: `name-of-${id}`, vcpus, ramMiB, diskGiB })
const offers: Offers = {
  images: [
    imageNamed('debian'),
    imageNamed('scanside', { scanside_engine: 'podman' }),
    { ...imageNamed('twin'), id: 't1' },
    { ...imageNamed('twin'), id: 't2' },
  ],
  flavors: [flavor('tiny', 1, 512, 1), flavor('large', 8, 16_384, 40)],
  networks: [{ id: 'n1', name: 'lab-net', external: false, shared: false }],
  zones: ['nova'],
}
const has = { machines: true, containers: false }
const open = { engine: null, image: null, flavor: null, network: null, zone: null, maxMachines: null }

describe('what a site writes', () => {
  it('is found by name and by id, and the rest is usual', () => {
    expect(choicesOf({ ...open, image: 'debian', flavor: 'tiny', network: 'lab-net' }, offers)).toEqual({
      ...usualChoices,
      image: 'id-of-debian',
      flavor: 'tiny',
      network: { kind: 'given', id: 'n1' },
    })
    expect(choicesOf({ ...open, image: 't2', network: 'none', maxMachines: 3 }, offers)).toMatchObject({
      image: 't2',
      network: { kind: 'none' },
      maxMachines: 3,
    })
    expect(choicesOf(open, offers).image).toBe('id-of-scanside')
  })
  it.each([
    [{ image: 'gone' }, 'machine’s image “gone”, which this cloud does not offer'],
    [{ image: 'twin' }, 'of which this cloud has 2: write its id'],
    [{ flavor: 'gone' }, 'flavor “gone”'],
    [{ network: 'gone' }, 'network “gone”'],
  ])('%j is told', (written, sentence) => {
    expect(() => choicesOf({ ...open, ...written }, offers)).toThrow(sentence)
  })
})

describe('choices', () => {
  const fine = { ...usualChoices, image: 'id-of-scanside', flavor: 'large' }
  const demanding: Offers = {
    ...offers,
    images: [{ ...imageNamed('big'), minRamMiB: 2_048, minDiskGiB: 20 }],
    flavors: [...offers.flavors, flavor('flat', 8, 16_384, 2)],
  }
  it.each([
    ['as offered', fine, offers, has, null],
    ['no flavor of its own', { ...fine, flavor: null }, offers, has, null],
    ['an image that is gone', { ...fine, image: 'gone' }, offers, has, 'this image any more'],
    ['a flavor that is gone', { ...fine, flavor: 'gone' }, offers, has, 'this flavor any more'],
    ['a network that is gone', { ...fine, network: { kind: 'given' as const, id: 'gone' } }, offers, has, 'this network any more'],
    ['a zone that is gone', { ...fine, zone: 'gone' }, offers, has, 'this availability zone any more'],
    ['too little memory', { ...fine, image: 'id-of-big', flavor: 'tiny' }, demanding, has, 'asks for 2048 MiB of memory'],
    ['too small a disk', { ...fine, image: 'id-of-big', flavor: 'flat' }, demanding, has, 'a disk of 20 GiB'],
    ['containers where there are none', { ...fine, engine: 'zun' as const }, offers, has, 'no container service'],
    ['machines where there are none', fine, offers, { machines: false, containers: true }, 'no compute service'],
  ])('%s', (_, choices, offered, what, sentence) => {
    const problem = choiceProblem(choices, offered, what)
    if (sentence === null) expect(problem).toBeNull()
    else expect(problem).toContain(sentence)
  })

  it('nobody made take the only image that fits', () => {
    expect(onlyFitting(offers)).toBe('id-of-scanside')
    expect(onlyFitting({ ...offers, images: [] })).toBeNull()
    expect(onlyFitting({ ...offers, images: [...offers.images, imageNamed('another', { scanside_engine: 'docker' })] })).toBeNull()
  })

  it('say what a machine takes of the quota', () => {
    expect(usualFlavor({ ...fine, flavor: 'tiny' }, offers)?.id).toBe('tiny')
    expect(usualFlavor({ ...fine, flavor: null }, offers)?.id).toBe('large')
    expect(
      usualFlavor({ ...fine, flavor: null }, { ...offers, flavors: [...offers.flavors, flavor('s', 1, 1_024, 20)] }, { memoryBytes: 1, cpus: 0.5 })
        ?.id,
    ).toBe('s')
    expect(usualFlavor({ ...fine, image: null, flavor: null }, offers)).toBeNull()
  })
})
