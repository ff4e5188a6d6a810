/** What waits to go home: results and gradings, each sealed with a key of its own until the archive has been read back. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import type { outboxMethods } from '../../preload/outbox.ts'

export interface OutboxRoom {
  counts(): { waiting: number; blocked: number }
  handlers: Pick<Handlers, keyof typeof outboxMethods>
}

export interface OutboxParts {
  waiting(): number
  send(): Promise<{ sent: number; waiting: number }>
}

export function createOutboxRoom(parts: OutboxParts): OutboxRoom {
  return {
    counts: () => ({ waiting: parts.waiting(), blocked: 0 }),
    handlers: {
      'outbox.list': () => ({ items: [], total: 0 }),
      'outbox.send': parts.send,
      'outbox.decide': () => {
        throw new ScansideError('not-found', 'This is no longer waiting. Nothing was changed.')
      },
    },
  }
}
