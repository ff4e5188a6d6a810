import { describe, expect, it } from 'vitest'
import type { CloudStatus } from '../../preload/cloud.ts'
import type { Engine } from '../engines/engine.ts'
import { createCloudReturn } from './return.ts'

const world = (owed: number) => {
  const done: string[] = []
  const working: Promise<unknown>[] = []
  let state: CloudStatus['state'] = 'none'
  let came: () => void = () => undefined
  const restoring = new Promise<void>((resolve) => {
    came = resolve
  })
  const engine = { id: 'nova:x', reap: async () => void done.push('reap') } as unknown as Engine
  const coming = createCloudReturn({
    cloud: { status: () => ({ state }) as CloudStatus, engines: () => (state === 'ready' ? [engine] : []), restore: () => restoring },
    runs: {
      takeUp: () => void done.push('take up'),
      payOwed: async () => {
        done.push('pay')
        return { left: 0 }
      },
      counts: () => ({ active: 0, waiting: 0, owed }),
    },
    inBackground: (_, work) => void working.push(work()),
    sleep: async () => undefined,
  })
  return {
    coming,
    become(next: CloudStatus['state']) {
      state = next
      if (next === 'ready') came()
      coming.changed()
    },
    async done() {
      await Promise.all(working.splice(0))
      return done.splice(0)
    },
  }
}

describe('a cloud', () => {
  it('that is there in time is looked through with everything else', async () => {
    const { coming, become, done } = world(0)
    become('ready')
    await coming.restored()
    coming.recovered()
    expect(await done()).toEqual(['take up'])
  })

  it('that comes later is looked through once', async () => {
    const { coming, become, done } = world(0)
    await coming.restored()
    coming.recovered()
    expect(await done()).toEqual([])
    become('signing-in')
    become('ready')
    expect(await done()).toEqual(['take up', 'pay', 'reap'])
    become('away')
    become('ready')
    expect(await done()).toEqual(['take up'])
  })

  it('that comes while the rest is looked at is looked through after it', async () => {
    const { coming, become, done } = world(0)
    await coming.restored()
    become('ready')
    expect(await done()).toEqual(['take up'])
    coming.recovered()
    expect(await done()).toEqual(['pay', 'reap'])
  })

  it('is paid whenever it comes back', async () => {
    const { coming, become, done } = world(2)
    become('ready')
    await coming.restored()
    coming.recovered()
    await done()
    become('away')
    become('away')
    become('ready')
    become('ready')
    expect(await done()).toEqual(['take up', 'pay'])
  })
})
