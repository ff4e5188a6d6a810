/** What was started and must be ended, however the suite comes to its end. */

type End = () => Promise<unknown> | unknown

const open = new Set<End>()

/** `end` is called once: by what is answered here, or when the suite is broken off. */
export function endsWith(end: End): () => Promise<void> {
  const once = async () => {
    if (!open.delete(once)) return
    await end()
  }
  open.add(once)
  return once
}

/** Ends all that is still there, the newest first. What cannot be ended is told. */
export async function endAll(): Promise<void> {
  for (const end of [...open].reverse()) {
    try {
      await end()
    } catch (error) {
      console.error(`!!! could not be ended: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
