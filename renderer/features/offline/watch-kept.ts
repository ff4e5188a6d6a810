/** Keeps the list of kept scans as it is in main. */
import type { AppStore } from '../../../preload/contract.ts'
import { useMirror } from '../../stores.ts'
import { readKept } from './offline-store.ts'

/** Whose list it is: another archive, another person, a desk that was unlocked. */
const listOf = ({ session, people, keyring }: Pick<AppStore, 'session' | 'people' | 'keyring'>): string =>
  [session.archive, session.user, session.state, people.locked, keyring.available].join(' ')

/** Reads it now, when somebody else signs in, and with every fetching ahead that goes on or has ended; main.tsx calls it once. */
export function watchKept(): void {
  let last = ''
  let ends = 0
  useMirror.subscribe(({ app, operations }) => {
    if (!app) return
    const now = listOf(app)
    const ended = Object.values(operations).filter(({ kind, state }) => kind === 'keep-offline' && state !== 'running').length
    if (now === last && ended === ends) return
    last = now
    ends = ended
    if (!app.people.locked) void readKept()
  })
  void readKept()
}
