import { describe, expect, it } from 'vitest'
import { checkCodes, checkIds, checkSchema } from '../../preload/diagnostics.ts'
import type { EngineHealth } from '../engines/engine.ts'
import { diskLimits, judgeDataRoot, judgeDisk, judgeEngine, judgeKeyring, judgeOutbox, judgeReceipts, judgeRecords, notLookedAt } from './judge.ts'
import { judgeArchive, judgeCertificate, judgeClock, judgeCloud, skewMs } from './judge-network.ts'

const health = (more: Partial<EngineHealth>): EngineHealth => ({
  state: 'ready',
  message: '',
  kind: 'docker',
  version: '27.1.0',
  remote: false,
  endpoint: null,
  dataRoot: 'not-known',
  inputKinds: [],
  ...more,
})
const GB = 1e9
const day = 86_400_000
const now = Date.UTC(2026, 10, 23)
const seen = (more: object) => ({
  kind: 'seen' as const,
  code: '',
  validFrom: now - day,
  validTo: now + 300 * day,
  issuer: 'system' as const,
  ...more,
})
const records = { kept: true, readOnly: false, movedAside: false, runs: 12, owed: 0 }
const outbox = { waiting: 0, blocked: 0, locked: 0 }

const table = [
  ['engine', judgeEngine(null), 'attention', 'looking'],
  ['engine', judgeEngine(health({})), 'ok', 'ready'],
  ['engine', judgeEngine(health({ state: 'not-installed' })), 'attention', 'not-installed'],
  ...(['not-running', 'no-permission', 'too-old', 'windows-containers', 'refused', 'unknown'] as const).map(
    (state) => ['engine', judgeEngine(health({ state })), 'problem', state] as const,
  ),
  ['data-root', judgeDataRoot(null), 'none', 'no-engine'],
  ['data-root', judgeDataRoot(health({ state: 'not-running' })), 'none', 'no-engine'],
  ['data-root', judgeDataRoot(health({ dataRoot: 'encrypted' })), 'ok', 'encrypted'],
  ['data-root', judgeDataRoot(health({ dataRoot: 'in-memory' })), 'ok', 'in-memory'],
  ['data-root', judgeDataRoot(health({})), 'attention', 'not-known'],
  ['keyring', judgeKeyring(true), 'ok', 'available'],
  ['keyring', judgeKeyring(false), 'attention', 'missing'],
  ['disk', judgeDisk({ own: null, engine: 5 * GB }), 'attention', 'not-known'],
  ['disk', judgeDisk({ own: diskLimits.own.full - 1, engine: null }), 'problem', 'full'],
  ['disk', judgeDisk({ own: diskLimits.own.full, engine: null }), 'attention', 'low'],
  ['disk', judgeDisk({ own: diskLimits.own.low - 1, engine: diskLimits.engine.full - 1 }), 'problem', 'engine-full'],
  ['disk', judgeDisk({ own: diskLimits.own.low, engine: diskLimits.engine.full }), 'attention', 'engine-low'],
  ['disk', judgeDisk({ own: diskLimits.own.low, engine: diskLimits.engine.low }), 'ok', 'enough'],
  ['disk', judgeDisk({ own: diskLimits.own.low, engine: null }), 'ok', 'enough'],
  ['archive', judgeArchive({ kind: 'signed-out' }), 'none', 'signed-out'],
  ['archive', judgeArchive({ kind: 'answered', ms: 80, version: '1.8.10' }), 'ok', 'answers'],
  ['archive', judgeArchive({ kind: 'answered', ms: 3_001, version: '' }), 'attention', 'slow'],
  ['archive', judgeArchive({ kind: 'refused' }), 'problem', 'expired'],
  ['archive', judgeArchive({ kind: 'untrusted' }), 'problem', 'untrusted'],
  ['archive', judgeArchive({ kind: 'away' }), 'problem', 'away'],
  ['certificate', judgeCertificate({ kind: 'no-archive' }, now), 'none', 'no-archive'],
  ['certificate', judgeCertificate({ kind: 'not-encrypted' }, now), 'none', 'not-encrypted'],
  ['certificate', judgeCertificate({ kind: 'not-seen' }, now), 'attention', 'not-seen'],
  ['certificate', judgeCertificate(seen({}), now), 'ok', 'valid'],
  ['certificate', judgeCertificate(seen({ validTo: now + 30 * day }), now), 'ok', 'valid'],
  ['certificate', judgeCertificate(seen({ validTo: now + 30 * day - 1 }), now), 'attention', 'ends-soon'],
  ['certificate', judgeCertificate(seen({ validTo: now - 1 }), now), 'problem', 'expired'],
  ['certificate', judgeCertificate(seen({ code: 'CERT_HAS_EXPIRED' }), now), 'problem', 'expired'],
  ['certificate', judgeCertificate(seen({ validFrom: now + 1 }), now), 'problem', 'not-yet-valid'],
  ['certificate', judgeCertificate(seen({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }), now), 'problem', 'wrong-name'],
  ['certificate', judgeCertificate(seen({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), now), 'problem', 'untrusted'],
  ['certificate', judgeCertificate(seen({ code: 'WHATEVER_COMES_NEXT' }), now), 'problem', 'untrusted'],
  ['clock', judgeClock({ archive: null, cloud: null }), 'none', 'not-known'],
  ['clock', judgeClock({ archive: 60_000, cloud: null }), 'ok', 'right'],
  ['clock', judgeClock({ archive: 61_000, cloud: null }), 'attention', 'off'],
  ['clock', judgeClock({ archive: -300_000, cloud: null }), 'attention', 'off'],
  ['clock', judgeClock({ archive: 0, cloud: -301_000 }), 'problem', 'wrong'],
  ['cloud', judgeCloud({ state: 'none', runs: false, warnings: 0 }), 'none', 'no-cloud'],
  ['cloud', judgeCloud({ state: 'signed-out', runs: false, warnings: 0 }), 'attention', 'signed-out'],
  ['cloud', judgeCloud({ state: 'signing-in', runs: false, warnings: 0 }), 'problem', 'away'],
  ['cloud', judgeCloud({ state: 'away', runs: false, warnings: 0 }), 'problem', 'away'],
  ['cloud', judgeCloud({ state: 'refused', runs: false, warnings: 0 }), 'problem', 'refused'],
  ['cloud', judgeCloud({ state: 'ready', runs: false, warnings: 0 }), 'attention', 'not-ready'],
  ['cloud', judgeCloud({ state: 'ready', runs: true, warnings: 2 }), 'attention', 'warned'],
  ['cloud', judgeCloud({ state: 'ready', runs: true, warnings: 0 }), 'ok', 'ready'],
  ['records', judgeRecords(records), 'ok', 'kept'],
  ['records', judgeRecords({ ...records, owed: 2 }), 'attention', 'owed'],
  ['records', judgeRecords({ ...records, kept: false, owed: 2 }), 'attention', 'in-memory'],
  ['records', judgeRecords({ ...records, movedAside: true }), 'attention', 'moved-aside'],
  ['records', judgeRecords({ ...records, readOnly: true, movedAside: true }), 'problem', 'read-only'],
  ['outbox', judgeOutbox(outbox), 'ok', 'empty'],
  ['outbox', judgeOutbox({ ...outbox, waiting: 3 }), 'attention', 'waiting'],
  ['outbox', judgeOutbox({ ...outbox, waiting: 3, blocked: 1 }), 'problem', 'blocked'],
  ['outbox', judgeOutbox({ waiting: 3, blocked: 1, locked: 1 }), 'problem', 'locked'],
  ['receipts', judgeReceipts({ lines: 0, broken: null }), 'none', 'none-yet'],
  ['receipts', judgeReceipts({ lines: 9, broken: null }), 'ok', 'whole'],
  ['receipts', judgeReceipts({ lines: 9, broken: 4 }), 'problem', 'broken'],
] as const

describe('the checks', () => {
  it.each(table)('%s: %o', (id, check, state, code) => {
    expect(check).toMatchObject({ id, state, code })
    expect(checkSchema.parse(check)).toEqual(check)
    // What is well or not there asks for nothing; everything else has one step.
    if (state === 'ok' || state === 'none') expect(check.step).toBeNull()
    else expect(check.step).toMatch(/^[A-Z“"][^\n]+\.$/)
  })

  it('have every code in the table', () => {
    const seenCodes = new Map(checkIds.map((id) => [id, new Set<string>(['no-answer', 'failed'])]))
    for (const [id, , , code] of table) seenCodes.get(id)?.add(code)
    for (const id of checkIds) expect([...(seenCodes.get(id) ?? [])].sort()).toEqual([...checkCodes[id]].sort())
  })

  it('say so where no answer came', () => {
    for (const id of checkIds) {
      expect(checkSchema.parse(notLookedAt(id, 'no-answer', 5))).toMatchObject({ id, state: 'problem', facts: { seconds: 5 } })
      expect(checkSchema.parse(notLookedAt(id, 'failed', 5))).toMatchObject({ id, state: 'attention' })
    }
  })
})

describe('skew', () => {
  it.each([
    // A Date header of whole seconds stands for the middle of its second.
    ['Mon, 23 Nov 2026 00:00:00 GMT', now + 400, now + 600, 0],
    ['Mon, 23 Nov 2026 00:00:00 GMT', now + 120_400, now + 120_600, 120_000],
    ['Mon, 23 Nov 2026 00:10:00 GMT', now + 400, now + 600, -600_000],
    ['yesterday', now, now, null],
    [undefined, now, now, null],
  ])('%s', (header, sentAt, heardAt, expected) => {
    expect(skewMs(header, sentAt, heardAt)).toBe(expected)
  })
})
