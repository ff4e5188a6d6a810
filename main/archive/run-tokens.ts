/** Alias tokens of the archive for one run each: issued for a cloud's machine, withdrawn after it, and found again after a crash. */

/** How the end of a token was proved. */
export type TokenProof = 'the archive refuses it (401)' | 'the archive does not list it any more'

export interface IssuedToken {
  alias: string
  secret: string
}

export interface RunTokens {
  /** The archive this is about, as `HomeArchive.id`; its address for a machine, and the certificates it needs beside the system's (PEM). */
  readonly archive: { id: string; address: string; ca: string[] }
  /** The server's clock, ms: for the intent that is written down before a token is issued. */
  serverNow(): number
  /**
   * Issues a token that carries all of the signed-in person's rights (XNAT knows no smaller ones). Its secret is kept in the vault until it is
   * withdrawn, so that a later life can prove its end.
   */
  issue(signal: AbortSignal): Promise<IssuedToken>
  /** The secret of an alias this desk issued; null where the vault has it no more. */
  secretOf(alias: string): Promise<string | null>
  /** Withdraws and proves it. @throws ScansideError where the archive cannot be asked or still takes it */
  withdraw(alias: string): Promise<TokenProof>
  /**
   * Aliases of the signed-in person that were issued within `[from, to]` of the server's clock and that this desk does not know as its own:
   * what a crash between issuing and writing down has left.
   */
  unknownSince(from: number, to: number): Promise<string[]>
}
