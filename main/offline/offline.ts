/** Scans kept for working without the archive: fetched ahead, encrypted, with an end. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import type { offlineMethods } from '../../preload/offline.ts'

export interface OfflineRoom {
  handlers: Pick<Handlers, keyof typeof offlineMethods>
}

export function createOfflineRoom(): OfflineRoom {
  return {
    handlers: {
      'offline.list': () => ({ scans: [], bytes: 0, days: 0 }),
      'offline.keep': () => {
        throw new ScansideError('not-supported', 'Scans cannot be kept at this desk yet. Nothing was fetched.')
      },
      'offline.forget': () => undefined,
    },
  }
}
