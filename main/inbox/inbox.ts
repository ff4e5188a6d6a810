/** The Inbox: watched folders, visits, verdicts being read. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import { type InboxStore, type inboxMethods, inboxStoreSchema } from '../../preload/inbox.ts'
import { createStore, type Store } from '../store/stores.ts'

export interface InboxRoom {
  store: Store<InboxStore>
  handlers: Pick<Handlers, keyof typeof inboxMethods>
  /** Ends watching and what is being judged. */
  close(): Promise<void>
}

/** Builds the room; nothing is watched before folders are known. */
export function createInbox(): InboxRoom {
  const later = () => {
    throw new ScansideError('not-supported', 'The Inbox watches nothing yet.')
  }
  return {
    store: createStore(inboxStoreSchema, {
      profile: { name: '', title: '' },
      profileProblem: null,
      folders: [],
      visits: [],
      scans: [],
      reading: null,
      queue: [],
      nameless: 0,
    }),
    handlers: {
      'inbox.next': later,
      'inbox.read': later,
      'inbox.decide': later,
      'inbox.choose': later,
      'inbox.override': later,
      'inbox.take': later,
      'inbox.fetch': later,
      'inbox.thumb': later,
      'inbox.takeOlder': later,
      'inbox.watch': later,
      'inbox.unwatch': later,
      'inbox.demoDevice': later,
    },
    close: async () => {},
  }
}
