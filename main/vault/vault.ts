/** Secrets at rest: the OS keyring and nothing else. Where there is none, secrets live in this session's memory, and the window says so. */
export interface Vault {
  /** Whether the OS keyring answers, with a sentence for the person. Asked again by `recheck`. */
  status(): { available: boolean; message: string }
  recheck(): Promise<void>
  get(name: string): Promise<string | null>
  /** At most 2,000 bytes (Windows allows 2,560). Returns whether the secret reached the keyring (false: this session only). */
  set(name: string, secret: string): Promise<{ kept: boolean }>
  delete(name: string): Promise<void>
}
