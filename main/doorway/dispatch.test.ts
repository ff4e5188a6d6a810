import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import { createDispatch } from './dispatch.ts'

const logged: string[] = []
const handlers = {
  'runs.cancel': () => {
    throw new ScansideError('not-found', 'No such run.', { run: 'r1' })
  },
  'pipelines.shipped': () => {
    throw new Error('secret stack')
  },
  'archive.projects': () => [{ id: 'P', name: 'p', description: '', access: 'king' }],
  'runs.payOwed': () => ({ left: 2 }),
} as unknown as Handlers
const dispatch = createDispatch(handlers, (where) => logged.push(where))

describe('dispatch', () => {
  it('answers by the handler', async () => {
    expect(await dispatch('runs.payOwed', undefined)).toEqual({ ok: true, value: { left: 2 } })
  })
  it.each([['nonsense'], ['constructor'], ['__proto__'], [12], [null]])('refuses the method %s', async (method) => {
    expect(await dispatch(method, {})).toMatchObject({ ok: false, error: { code: 'invalid-argument' } })
  })
  it('refuses an input that breaks its schema, and names the place', async () => {
    expect(await dispatch('runs.cancel', { run: '' })).toMatchObject({ ok: false, error: { code: 'invalid-argument', details: { at: 'run' } } })
  })
  it('carries a ScansideError as it is', async () => {
    expect(await dispatch('runs.cancel', { run: 'r1' })).toEqual({
      ok: false,
      error: { code: 'not-found', message: 'No such run.', details: { run: 'r1' } },
    })
  })
  it('hides the unexpected and logs it', async () => {
    const reply = await dispatch('pipelines.shipped', undefined)
    expect(reply).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(reply)).not.toContain('secret')
    expect(logged).toContain('pipelines.shipped')
  })
  it('does not let an output out that breaks its schema', async () => {
    expect(await dispatch('archive.projects', undefined)).toMatchObject({ ok: false, error: { code: 'internal' } })
  })
})
