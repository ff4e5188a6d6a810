/** What a key does in the table. Pure: the table carries it out. */
import { levelOf, parentIndex, type TreeRow } from './tree.ts'

export type KeyAction =
  | { do: 'move'; to: number }
  | { do: 'turn'; key: string }
  | { do: 'toggle' }
  | { do: 'open' }
  | { do: 'run' }
  | { do: 'escape' }

/** `page` is how many rows fit on the screen. Null where the key means nothing here. */
export function keyAction(key: string, rows: TreeRow[], index: number, page: number): KeyAction | null {
  const row = rows[index]
  if (!row) return null
  const to = (target: number): KeyAction => ({ do: 'move', to: Math.min(rows.length - 1, Math.max(0, target)) })
  const folder = row.kind === 'subject' || row.kind === 'session' ? row : null
  switch (key) {
    case 'ArrowDown':
      return to(index + 1)
    case 'ArrowUp':
      return to(index - 1)
    case 'Home':
      return to(0)
    case 'End':
      return to(rows.length - 1)
    case 'PageDown':
      return to(index + page)
    case 'PageUp':
      return to(index - page)
    case 'ArrowRight': {
      if (folder && !folder.open) return { do: 'turn', key: folder.key }
      const next = rows[index + 1]
      return folder && next && levelOf(next) > levelOf(row) ? to(index + 1) : null
    }
    case 'ArrowLeft': {
      if (folder?.open) return { do: 'turn', key: folder.key }
      const parent = parentIndex(rows, index)
      return parent >= 0 ? to(parent) : null
    }
    case ' ':
      return { do: 'toggle' }
    case 'Enter':
      return folder ? { do: 'turn', key: folder.key } : row.kind === 'scan' ? { do: 'open' } : null
    case 'r':
    case 'R':
      return { do: 'run' }
    case 'Escape':
      return { do: 'escape' }
    default:
      return null
  }
}
