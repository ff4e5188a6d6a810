import { expect, it } from 'vitest'
import { remoteStages } from '../../../main/engines/remote/job.ts'
import { stageLine } from '../../../main/engines/remote/sentences.ts'
import { machineDoing } from './machine.ts'

const line = (text: string, stream: 'scanside' | 'stdout' = 'scanside') => ({ stream, text })

it.each(remoteStages)('knows what is said of a machine that is %s', (stage) => {
  expect(machineDoing([line(stageLine({ run: 'r', stage, done: 2, of: 3 }))])).toEqual(
    stage === 'fetching' ? { what: stage, done: 2, of: 3 } : { what: stage, done: 0, of: 0 },
  )
})

it('tells the newest, and believes no container', () => {
  const lines = [
    line('The cloud has taken the order for a machine.'),
    line('The cloud machine runs.'),
    line('The machine is done.', 'stdout'),
    line('scan 1: usable'),
  ]
  expect(machineDoing(lines)?.what).toBe('starting')
  expect(machineDoing([line('Copying 1 file to the engine.')])).toBeNull()
})
