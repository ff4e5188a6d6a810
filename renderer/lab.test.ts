import { describe, expect, it } from 'vitest'
import { ScansideError } from '../oct/errors.ts'
import type { Bridge, Reply } from '../preload/contract.ts'
import { asScansideError, createLab } from './lab.ts'

const answering = (reply: Reply | Promise<Reply>, asked: unknown[] = []): Bridge => ({
  invoke: async (method, input) => {
    asked.push([method, input])
    return reply
  },
  on: () => () => undefined,
})

describe('lab', () => {
  it('calls a method by its room and verb', async () => {
    const asked: unknown[] = []
    const lab = createLab(() => answering({ ok: true, value: { runs: ['r1'] } }, asked))
    const answer = await lab.runs.start({ pipeline: 'p', refs: [{ kind: 'local', local: 'l' }], values: {}, subject: 's' })
    expect(answer.runs).toEqual(['r1'])
    await lab.app.snapshot()
    expect(asked).toEqual([
      ['runs.start', { pipeline: 'p', refs: [{ kind: 'local', local: 'l' }], values: {}, subject: 's' }],
      ['app.snapshot', undefined],
    ])
  })
  it('carries an error over as it is', async () => {
    const error = { code: 'conflict' as const, message: 'A result waits.', details: { waiting: 1 } }
    const lab = createLab(() => answering({ ok: false, error }))
    await expect(lab.session.signOut({ force: false })).rejects.toMatchObject(error)
    await expect(lab.session.signOut({ force: false })).rejects.toBeInstanceOf(ScansideError)
  })
  it('says so when the doorway is closed', async () => {
    const broken = createLab(() => answering(Promise.reject(new TypeError('socket'))))
    await expect(broken.archive.projects()).rejects.toMatchObject({ code: 'unreachable' })
    await expect(createLab(() => null).archive.projects()).rejects.toMatchObject({ code: 'unreachable' })
  })
})

it('makes anything unexpected internal, without its words', () => {
  expect(asScansideError(new TypeError('secret path'))).toMatchObject({ code: 'internal', details: {} })
  expect(asScansideError(new TypeError('secret path')).message).not.toContain('secret')
})
