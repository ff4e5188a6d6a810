/** What is copied here does not stay on the clipboard: the policy, without effects. `capabilities.ts` hands over the system's clipboard. */

/** How long what was copied may be pasted, ms. */
export const pastableMs = 60_000

/** How long the system's clipboard is waited for where Scanside ends, ms: it may ask another program, which may hang. */
const patienceMs = 2_000

export interface ClipboardPort {
  writeText(text: string): Promise<void>
  /** @throws ScansideError `invalid-file` where it is no picture */
  writePicture(png: Uint8Array): Promise<void>
  /** What tells one content from another (a digest); null where it holds nothing that can be told. */
  print(): Promise<string | null>
  clear(): Promise<void>
}

export interface PassingClipboard {
  copyText(text: string): Promise<void>
  copyPicture(png: Uint8Array): Promise<void>
  /** Clears at once what of ours still lies there: Scanside ends. Takes no longer than its patience. */
  clearNow(): Promise<void>
}

/**
 * Copies, and clears a minute later, but only what was put there by the last copy: what a person copied elsewhere meanwhile is theirs.
 * @param later runs `work` after `ms`; returns how to call it off
 * @param report what the system's clipboard failed with, without its content
 */
export function createPassingClipboard(
  port: ClipboardPort,
  later: (ms: number, work: () => void) => () => void,
  report: (error: unknown) => void,
): PassingClipboard {
  let ours: { print: Promise<string | null>; callOff(): void } | null = null

  const seen = async () => {
    try {
      return await port.print()
    } catch (error) {
      report(error)
      return null
    }
  }
  const clearOurs = async () => {
    const left = ours
    ours = null
    left?.callOff()
    const print = await left?.print
    if (!print || (await seen()) !== print) return
    await port.clear().catch(report)
  }
  const copy = async (write: () => Promise<void>) => {
    await write()
    ours?.callOff()
    ours = { print: seen(), callOff: later(pastableMs, () => void clearOurs()) }
    await ours.print
  }
  return {
    copyText: (text) => copy(() => port.writeText(text)),
    copyPicture: (png) => copy(() => port.writePicture(png)),
    async clearNow() {
      if (ours === null) return
      let callOff = () => {}
      const late = new Promise<void>((resolve) => {
        callOff = later(patienceMs, resolve)
      })
      await Promise.race([clearOurs(), late])
      callOff()
    },
  }
}
