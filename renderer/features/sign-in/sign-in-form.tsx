/** Address, user, password: the way into the archive. `onDone` is called once the archive has let the person in. */
export function SignInForm(_props: { compact?: boolean; onDone?: () => void }) {
  return null
}
