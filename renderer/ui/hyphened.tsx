import { Fragment } from 'react'

/** A date or a label. Tabular figures would set its hyphens as wide as digits; here figures stay in their columns and hyphens keep their own width. */
export function Hyphened({ text }: { text: string }) {
  let at = 0
  const parts = text.split('-').map((part) => {
    const place = at
    at += part.length + 1
    return { part, place }
  })
  return parts.map(({ part, place }) => (
    <Fragment key={place}>
      {place > 0 && <span className="hyphen">-</span>}
      {part}
    </Fragment>
  ))
}
