/** What every engine keeps, kept over Nova: inputs lie in the archive, and a machine fetches them. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InputRef } from '../../../main/engines/engine.ts'
import { commonContract, type InputFault } from '../../engine/common.ts'
import { nothingLeft } from '../lab.ts'
import { openTrial, sessionPath, type Trial } from './trial.ts'
import { openWorld, type World } from './world.ts'

const input = Buffer.alloc(1000, 7)
const md5 = createHash('md5').update(input).digest('hex')

describe('the contract of an engine, over Nova', () => {
  let world: World
  let trial: Trial
  let files = 0

  beforeAll(async () => {
    world = await openWorld()
    trial = await openTrial(world)
    // Files that are there before anybody announces them.
    for (let i = 0; i < 20; i++) await world.archivePut(`${sessionPath}/scans/1/resources/TRIAL/files/input-${i}.bin?inbody=true`, input)
  })
  afterAll(async () => {
    expect(await world.left()).toEqual(nothingLeft)
    expect(trial.debts.all).toEqual([])
    for (const token of world.runTokens()) expect(await world.tokenAnswer(token)).toBe(401)
    await trial.close()
    await world.stop()
    expect(world.hypervisor.faults).toEqual([])
  })

  const inArchive = (path: string, { size = input.length, digest = md5, unreadable = false }: InputFault = {}): InputRef => ({
    kind: 'archive',
    uri: `${sessionPath}/scans/1/resources/TRIAL/files/${unreadable ? 'nowhere' : `input-${files++}`}.bin`,
    path,
    size,
    read: () => Promise.reject(new Error('the desk reads nothing a machine fetches')),
    original: { size, md5: digest, changes: [] },
  })

  commonContract({
    engine: () => trial.engine,
    short: (run) => trial.spec(0, { runId: run }),
    endless: (run) => trial.spec(600, { runId: run }),
    input,
    remote: { input: inArchive, inputKinds: ['archive'], unreadable: 'not-found', deadlineMs: 3_000 },
  })

  it('leaves nothing of any of these', async () => {
    expect(await world.left()).toEqual(nothingLeft)
  })
})
