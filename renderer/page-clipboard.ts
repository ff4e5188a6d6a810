/**
 * The clipboard of a window in a browser: what is copied here leaves it after a minute. A page cannot look at what lies there, so it clears
 * only where nobody can have put anything else there: it never lost the focus, and nothing was copied by hand meanwhile.
 */

/** How long what was copied may be pasted, ms: as in the desktop application. */
export const pastableMs = 60_000

export interface PageClipboardPort {
  clear(): Promise<void>
  /** Calls `then` when the page loses the focus or something is copied by hand; returns how to stop. */
  watch(then: () => void): () => void
  /** Runs `work` after `ms`; returns how to call it off. */
  later(ms: number, work: () => void): () => void
}

/** To be called after each copy of the page's own. */
export function createPageClipboard({ clear, watch, later }: PageClipboardPort): { copied(): void } {
  let letGo = () => {}
  return {
    copied() {
      letGo()
      const callOff = later(pastableMs, () => {
        letGo()
        // Where the browser does not let a page clear without a click, a person must.
        clear().catch(() => undefined)
      })
      const unwatch = watch(() => letGo())
      letGo = () => {
        letGo = () => {}
        callOff()
        unwatch()
      }
    },
  }
}

/** This page's. */
export const pageClipboard = createPageClipboard({
  clear: () => navigator.clipboard.writeText(''),
  watch(then) {
    window.addEventListener('blur', then)
    document.addEventListener('copy', then)
    document.addEventListener('cut', then)
    return () => {
      window.removeEventListener('blur', then)
      document.removeEventListener('copy', then)
      document.removeEventListener('cut', then)
    }
  },
  later(ms, work) {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
})
