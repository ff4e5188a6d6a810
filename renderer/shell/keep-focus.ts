import { useNavigation } from '../navigation.ts'

/** Gives the keyboard back to where it was once the viewer has closed; main.tsx calls it once. */
export function keepFocus(): void {
  let before: Element | null = null
  useNavigation.subscribe((now, then) => {
    if (now.viewer && !then.viewer) before = document.activeElement
    if (now.viewer || !then.viewer) return
    const back = before
    // After React has shown the place again: what is hidden cannot be focused.
    requestAnimationFrame(() => {
      if (back instanceof HTMLElement && back.isConnected) back.focus()
    })
  })
}
