/** When the window may close and when Scanside may end, as pure functions: `electron.ts` binds them. */

/** `open`: at work. `stopping`: services are being closed, workspaces removed. `stopped`: nothing is left to do. */
export type Phase = 'open' | 'stopping' | 'stopped'

/**
 * What a wish to close comes to. `ask`: results would be lost and nobody has said yet that they may be. `stop`: close the services, then
 * quit. `wait`: that is under way; who is impatient must not leave a workspace behind. `go`: quit.
 */
export function quitStep(phase: Phase, unsaved: number, agreed: boolean): 'ask' | 'stop' | 'wait' | 'go' {
  if (phase === 'stopped') return 'go'
  if (phase === 'stopping') return 'wait'
  return unsaved > 0 && !agreed ? 'ask' : 'stop'
}

/** Index of the button that keeps Scanside open: the default, and what Esc means. */
export const keepOpen = 0

/** The question before results are lost. */
export function closeQuestion(unsaved: number): { message: string; detail: string; buttons: [string, string] } {
  const one = unsaved === 1
  return {
    message: one ? 'One result has not reached the archive yet.' : `${unsaved} results have not reached the archive yet.`,
    detail: `This computer has no keyring, so ${one ? 'it is' : 'they are'} kept in memory only and lost when Scanside closes. The scans are safe in the archive. Sign in to their archive to send ${one ? 'it' : 'them'} home first.`,
    buttons: ['Keep Scanside open', one ? 'Close and lose it' : 'Close and lose them'],
  }
}
