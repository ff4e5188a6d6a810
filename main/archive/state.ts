/** What the window is told of the sign-in, as a state machine without effects. */

export type SignInState = 'signed-out' | 'signed-in' | 'expired' | 'offline'

/**
 * - `opened`: the archive took the token
 * - `restored`: a token was found in the vault, the archive was not asked yet
 * - `refused`: the archive does not take the token any more
 * - `unreachable`: the network went; `reached`: the archive answered, and takes the token
 * - `closed`: the person signed out
 */
export type SignInEvent = 'opened' | 'restored' | 'refused' | 'unreachable' | 'reached' | 'closed'

const table: Record<SignInState, Partial<Record<SignInEvent, SignInState>>> = {
  'signed-out': { opened: 'signed-in', restored: 'offline' },
  'signed-in': { refused: 'expired', unreachable: 'offline', closed: 'signed-out' },
  // `reached` here says that the archive takes the token after all: its accounts were away for a moment.
  expired: { opened: 'signed-in', reached: 'signed-in', closed: 'signed-out' },
  offline: { opened: 'signed-in', reached: 'signed-in', refused: 'expired', closed: 'signed-out' },
}

/** The state after an event; an event that means nothing in a state changes nothing. */
export const nextState = (state: SignInState, event: SignInEvent): SignInState => table[state][event] ?? state
