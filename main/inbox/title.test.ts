import { expect, it } from 'vitest'
import type { InboxStore } from '../../preload/inbox.ts'
import { titleOfLocal } from './title.ts'

const inbox = {
  scans: [
    { id: 'a', local: 'l1' },
    { id: 'b', local: null },
    { id: 'c', local: 'l3' },
  ],
  visits: [
    { patient: 'P-1', visit: 'V02', slots: [{ attempts: ['b', 'a'] }] },
    { patient: '', visit: '', slots: [{ attempts: ['c'] }] },
  ],
} as unknown as InboxStore

it('is the patient and the visit of a scan of the Inbox, and of no other', () => {
  expect(titleOfLocal(inbox, 'l1')).toEqual({ project: '', subject: 'P-1', session: 'V02', scan: '' })
  expect(titleOfLocal(inbox, 'l2')).toBeNull()
  expect(titleOfLocal(inbox, 'l3')).toBeNull()
  expect(titleOfLocal({ scans: [], visits: [] }, 'l1')).toBeNull()
})
