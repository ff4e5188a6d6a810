/** What a key does in the Inbox. Pure: the page carries it out. */
import type { decisions } from '../../../preload/inbox.ts'

export type InboxKey =
  | { does: 'next' }
  | { does: 'open' }
  | { does: 'row'; by: 1 | -1 }
  | { does: 'attempt'; by: 1 | -1 }
  | { does: 'decide'; decision: (typeof decisions)[number] }
  | { does: 'override' }
  | { does: 'choose' }
  | { does: 'keys' }
  | { does: 'back' }

/** In the order of the sheet of keys; each with the caps it is drawn as. */
export const keySheet = [
  { keys: ['Space'], does: 'next' },
  { keys: ['Enter'], does: 'open' },
  { keys: ['↑', '↓'], does: 'row' },
  { keys: ['←', '→'], does: 'attempt' },
  { keys: ['K'], does: 'keep' },
  { keys: ['T'], does: 'take-again' },
  { keys: ['A'], does: 'ask-reader' },
  { keys: ['B'], does: 'keep-best' },
  { keys: ['S'], does: 'choose' },
  { keys: ['O'], does: 'override' },
  { keys: ['P'], does: 'who' },
  { keys: ['Ctrl', 'L'], does: 'lock' },
  { keys: ['?'], does: 'keys' },
] as const

/** Null where the key means nothing here. */
export function inboxKey(key: string): InboxKey | null {
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case ' ':
      return { does: 'next' }
    case 'Enter':
      return { does: 'open' }
    case 'ArrowUp':
      return { does: 'row', by: -1 }
    case 'ArrowDown':
      return { does: 'row', by: 1 }
    case 'ArrowLeft':
      return { does: 'attempt', by: -1 }
    case 'ArrowRight':
      return { does: 'attempt', by: 1 }
    case 'k':
      return { does: 'decide', decision: 'keep' }
    case 't':
      return { does: 'decide', decision: 'take-again' }
    case 'a':
      return { does: 'decide', decision: 'ask-reader' }
    case 'b':
      return { does: 'decide', decision: 'keep-best' }
    case 's':
      return { does: 'choose' }
    case 'o':
      return { does: 'override' }
    case '?':
      return { does: 'keys' }
    case 'Escape':
      return { does: 'back' }
    default:
      return null
  }
}

/**
 * Whether Space, Enter and the arrows belong to what has the focus and not to the page: a control a person has gone to. One that stands for
 * what is shown already (`aria-current`) has nothing to do with them.
 */
export function belongsToControl(target: { closest(selector: string): unknown; matches(selector: string): boolean }, key: InboxKey): boolean {
  if (key.does !== 'next' && key.does !== 'open') return false
  return target.closest('button, a[href], summary, [role="button"]') !== null && target.closest('[aria-current]') === null
}
