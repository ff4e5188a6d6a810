import { beforeEach, expect, it } from 'vitest'
import { ScansideError } from '../../../oct/errors.ts'
import type { Output } from '../../../preload/contract.ts'
import { lookAgain, useSelfCheck } from './check-store.ts'

const chain: Output<'audit.status'> = {
  lines: 2,
  broken: null,
  fingerprint: 'SHA256:x',
  oldest: null,
  retention: { inboxDays: null, offlineDays: 7, logDays: 30, receiptDays: null },
}
const found: Output<'diagnostics.check'> = {
  at: '2026-03-14T10:00:00Z',
  checks: [{ id: 'clock', state: 'ok', code: 'right', facts: {}, message: '', step: null }],
}

beforeEach(() => useSelfCheck.setState({ checks: null, at: null, looking: false, problem: null, chain: null, chainProblem: null }))

it('looks once at a time, and what was found before stays meanwhile', async () => {
  let asked = 0
  let answer: (value: typeof found) => void = () => undefined
  const source = {
    diagnostics: {
      check: () => {
        asked += 1
        return new Promise<typeof found>((resolve) => (answer = resolve))
      },
    },
    audit: { status: async () => chain },
  }
  const first = lookAgain(source)
  await lookAgain(source)
  expect(asked).toBe(1)
  expect(useSelfCheck.getState().looking).toBe(true)
  answer(found)
  await first
  expect(useSelfCheck.getState()).toMatchObject({ looking: false, checks: found.checks, chain })
  const second = lookAgain(source)
  expect(useSelfCheck.getState().checks).toEqual(found.checks)
  answer(found)
  await second
})

it('shows one half where the other could not be had', async () => {
  const refuse = () => Promise.reject(new ScansideError('internal', 'No.'))
  await lookAgain({ diagnostics: { check: refuse }, audit: { status: async () => chain } })
  expect(useSelfCheck.getState()).toMatchObject({ looking: false, chain, problem: { code: 'internal' } })
  await lookAgain({ diagnostics: { check: async () => found }, audit: { status: refuse } })
  expect(useSelfCheck.getState()).toMatchObject({ checks: found.checks, problem: null, chainProblem: { code: 'internal' } })
})
