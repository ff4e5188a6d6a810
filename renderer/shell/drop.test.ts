import { beforeEach, describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import type { LookedAt as Sniffed } from '../../oct/formats/group.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { useNavigation } from '../navigation.ts'
import { takeIn, takeInAll, useDropping, whileDropping } from './drop.ts'
import type { LookedAt } from './dropped-files.ts'

const looked = (name: string, kind: Sniffed['kind']): LookedAt => ({ file: new File([name], name), folder: '', name, kind })

/** An engine room that takes files in, and what it was told. */
const room = () => {
  const tickets: { size: number; name: string; set: string | null }[] = []
  const abort = new AbortController()
  const state = { tickets, puts: 0, most: 0, refuseAt: -1, abort }
  let now = 0
  const hands = {
    scans: {
      dropTicket: async (input: (typeof tickets)[number]) => {
        tickets.push(input)
        return { url: `/bulk/${tickets.length}`, local: input.set ?? `l${tickets.length}` }
      },
    },
    send: async () => {
      now++
      state.most = Math.max(state.most, now)
      state.puts++
      const refused = state.puts === state.refuseAt
      await new Promise((resolve) => setTimeout(resolve))
      now--
      return refused ? Response.json({ code: 'disk-full', message: 'Full.', details: {} }, { status: 400 }) : Response.json({})
    },
    say: (key: string) => key,
    signal: abort.signal,
  }
  return { hands, state }
}

describe('a set of files', () => {
  it('goes up under the id of its first file, four at a time, with names for an export', async () => {
    const { hands, state } = room()
    const files = [looked('a.xml', 'heidelberg-xml'), ...Array.from({ length: 9 }, (_, i) => looked(`${i}.tif`, 'picture'))]
    let arrived = 0
    expect(await takeIn(hands, files, () => arrived++)).toBe('l1')
    expect(arrived).toBe(10)
    expect(state.tickets[0]).toEqual({ size: 5, name: 'a.xml', set: null })
    expect(state.tickets.slice(1).every(({ set }) => set === 'l1')).toBe(true)
    expect(state.tickets.map(({ name }) => name).sort()).toEqual([...Array.from({ length: 9 }, (_, i) => `${i}.tif`), 'a.xml'])
    expect(state.most).toBe(4)
  })

  it('tells no name where none is needed', async () => {
    const { hands, state } = room()
    await takeIn(hands, [looked('Mustermann.vol', 'heidelberg-vol')], () => {})
    await takeIn(hands, [looked('Mustermann1.dcm', 'dicom-opt'), looked('Mustermann2.dcm', 'dicom-opt')], () => {})
    expect(JSON.stringify(state.tickets)).not.toContain('Mustermann')
  })

  it('stops at the first file that is refused, and where the person stops it', async () => {
    const { hands, state } = room()
    state.refuseAt = 3
    const files = Array.from({ length: 40 }, (_, i) => looked(`${i}`, 'dicom-opt'))
    await expect(takeIn(hands, files, () => {})).rejects.toMatchObject({ code: 'disk-full' })
    expect(state.puts).toBeLessThan(10)
    const stopped = room()
    await expect(takeIn(stopped.hands, files, () => stopped.state.abort.abort())).rejects.toThrow()
    expect(stopped.state.puts).toBeLessThan(10)
  })
})

describe('what was dropped', () => {
  beforeEach(() => useNavigation.setState({ viewer: null }))
  const vol = Uint8Array.from(synthesise({ pattern: 'ring', laterality: 'OD', seed: 1, width: 32, height: 32 }))
  const found = (...names: string[]) => names.map((name) => ({ file: new File([vol], name), folder: '' }))

  it('opens with its first scan, the others beside it', async () => {
    const { hands } = room()
    const shares: number[] = []
    await takeInAll(hands, found('b.vol', 'a.vol', 'c.vol'), (share) => shares.push(share))
    const refs = ['l1', 'l2', 'l3'].map((local) => ({ kind: 'local', local }))
    expect(useNavigation.getState().viewer).toMatchObject({ ref: refs[0], among: refs })
    expect(shares).toEqual([1 / 3, 2 / 3, 1])
  })

  it('does not come back to a viewer that was closed or shows another scan', async () => {
    const { hands } = room()
    await takeInAll(hands, found('a.vol', 'b.vol'), (share) => {
      if (share === 1) useNavigation.setState({ viewer: null })
    })
    expect(useNavigation.getState().viewer).toBeNull()
  })

  it('says what is wrong with it', async () => {
    const { hands } = room()
    const files = (...given: File[]) => given.map((file) => ({ file, folder: '' }))
    await expect(takeInAll(hands, files(new File([], 'a.vol')), () => {})).rejects.toMatchObject({ message: 'empty' })
    await expect(takeInAll(hands, files(new File(['Dear'], 'a.vol')), () => {})).rejects.toMatchObject({ message: 'notAScan' })
  })

  it('is one at a time, keeps its problem, and none where the person stopped it', async () => {
    let second = false
    await whileDropping(async () => {
      await whileDropping(async () => {
        second = true
      })
      throw new ScansideError('disk-full', 'Full.')
    })
    expect(second).toBe(false)
    expect(useDropping.getState()).toMatchObject({ busy: false, problem: { code: 'disk-full' } })
    await whileDropping(async (signal) => {
      useDropping.getState().stop()
      signal.throwIfAborted()
    })
    expect(useDropping.getState()).toMatchObject({ busy: false, problem: null })
  })
})

it('hands scans on to the Inbox instead of opening them', async () => {
  const { hands } = room()
  const taken: string[] = []
  const vol = Uint8Array.from(synthesise({ pattern: 'ring', laterality: 'OD', seed: 1, width: 32, height: 32 }))
  const file = new File([vol], 'a.vol')
  useNavigation.setState({ place: 'inbox', viewer: null })
  await takeInAll({ ...hands, onTaken: async (local) => taken.push(local) }, [{ file, folder: '' }], () => undefined)
  expect(taken).toEqual(['l1'])
  expect(useNavigation.getState().viewer).toBeNull()
})
