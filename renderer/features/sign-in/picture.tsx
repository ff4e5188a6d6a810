/** A generated scan beside the form: what this application is about, without anyone's eye in it. */
export function Picture({ label }: { label: string }) {
  return <div className="first-picture" role="img" aria-label={label} />
}
