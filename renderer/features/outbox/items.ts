/** What waits, as the page shows it: what a person must decide apart from what goes by itself. Pure. */
import type { OutboxChoice, OutboxItem } from '../../../preload/outbox.ts'

/** Choices after which something is gone: they ask once, naming it. */
export type Destroying = Extract<OutboxChoice, 'keep-theirs' | 'replace' | 'discard'>
export const destroys = (choice: OutboxChoice): choice is Destroying => choice === 'keep-theirs' || choice === 'replace' || choice === 'discard'

/** Whether a person must choose before this item can go anywhere. */
export const isBlocked = ({ state }: Pick<OutboxItem, 'state'>): boolean => state === 'conflict' || state === 'refused' || state === 'locked'

/** Both in the order main gave, which is the order of going home. */
export function parted(items: readonly OutboxItem[]): { blocked: OutboxItem[]; ordered: OutboxItem[] } {
  return { blocked: items.filter(isBlocked), ordered: items.filter((item) => !isBlocked(item)) }
}

/** What an item is called in a question: its title, else its kind alone. */
export const nameOf = ({ title }: Pick<OutboxItem, 'title'>, kind: string): string => (title === '' ? kind : `${kind}, ${title}`)
