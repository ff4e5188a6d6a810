/** What a key means in the viewer. Pure; who acts on it listens with `useKeys`. */

export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

export type ViewerKey =
  | { does: 'all-layers' }
  | { does: 'layer'; digit: number }
  | { does: 'reset' }
  | { does: 'calipers' }
  | { does: 'remove' }
  | { does: 'word' }

/** L all layers, 0-9 one of them, R the view back, M the calipers, Delete what is selected, G the person's own word; null for any other key and with Ctrl, Alt or Meta. */
export function viewerKey({ key, ctrlKey, metaKey, altKey }: KeyPress): ViewerKey | null {
  if (ctrlKey || metaKey || altKey) return null
  if (/^[0-9]$/.test(key)) return { does: 'layer', digit: Number(key) }
  switch (key) {
    case 'l':
    case 'L':
      return { does: 'all-layers' }
    case 'r':
    case 'R':
      return { does: 'reset' }
    case 'm':
    case 'M':
      return { does: 'calipers' }
    case 'Delete':
    case 'Backspace':
      return { does: 'remove' }
    case 'g':
    case 'G':
      return { does: 'word' }
    default:
      return null
  }
}
