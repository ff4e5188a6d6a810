/** The window's one clock of what it takes from a verdict to its pictures. */
import { useMirror } from '../../stores.ts'
import { createScreenClock } from './screen-time.ts'

export const screenClock = createScreenClock()

/** Follows the Inbox's store; main.tsx calls it once, after the first snapshot. */
export function watchScreen(): void {
  const look = ({ inbox }: ReturnType<typeof useMirror.getState>) => {
    if (inbox) screenClock.store(inbox, performance.now())
  }
  look(useMirror.getState())
  useMirror.subscribe((now, then) => {
    if (now.inbox !== then.inbox) look(now)
  })
}
