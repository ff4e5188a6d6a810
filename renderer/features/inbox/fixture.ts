/** An Inbox for tests: invented patients, one attempt per call. */
import type { Criterion } from '../../../oct/results.ts'
import type { InboxScan, InboxStore } from '../../../preload/inbox.ts'
import type { InboxSlot, InboxVisit } from './model.ts'

const words = (en: string) => ({ en, de: `${en} (de)` })

export function scanOf(id: string, given: Partial<InboxScan> = {}): InboxScan {
  return {
    id,
    local: `local-${id}`,
    laterality: 'OD',
    pattern: 'ring',
    protocol: 'ring',
    attempt: 1,
    takenAt: '10:00:00',
    arrivedAt: '2026-03-14T10:00:00Z',
    state: 'judged',
    problem: null,
    provisional: null,
    verdict: 'usable',
    action: 'keep',
    decidedBy: [],
    criteria: [],
    intervals: [],
    sentence: null,
    profile: 'oscar-ib-2',
    times: { copyMs: null, analysisMs: null },
    verdictMs: null,
    read: true,
    study: false,
    decision: null,
    overrides: [],
    ...given,
  }
}

export function slotOf(eye: InboxSlot['eye'], protocol: string, attempts: string[], given: Partial<InboxSlot> = {}): InboxSlot {
  return {
    protocol,
    label: words(protocol),
    eye,
    state: attempts.length > 0 ? 'good' : 'missing',
    attempts,
    study: attempts[0] ?? null,
    offerKeepBest: false,
    ...given,
  }
}

export function visitOf(id: string, slots: InboxSlot[], given: Partial<InboxVisit> = {}): InboxVisit {
  return {
    id,
    patient: `P-${id}`,
    visit: 'V01',
    date: '2026-03-14',
    since: '10:00:00',
    slots,
    good: 0,
    wanted: slots.length,
    complete: false,
    sentence: words('stays'),
    last: {},
    ...given,
  }
}

export function inboxOf(visits: InboxVisit[], scans: InboxScan[], given: Partial<InboxStore> = {}): InboxStore {
  return {
    rev: 1,
    profile: { name: 'oscar-ib-2', title: 'OSCAR-IB' },
    profileProblem: null,
    folders: [],
    visits,
    scans,
    reading: null,
    queue: [],
    nameless: 0,
    ...given,
  }
}

export function criterionOf(id: string, status: Criterion['status'], given: Partial<Criterion> = {}): Criterion {
  return { id, status, value: status === 'unknown' ? null : 1, unit: '', threshold: '', evidence: 'own', reason: `${id} is ${status}`, ...given }
}
