/** Key caps, drawn for eyes only: the control they belong to carries its own name. */
export function Keys({ keys }: { keys: string[] }) {
  return (
    <span className="keys" aria-hidden="true">
      {keys.map((key) => (
        <kbd key={key} className="kbd">
          {key}
        </kbd>
      ))}
    </span>
  )
}
