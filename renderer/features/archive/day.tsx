import { Fragment } from 'react'

/** An ISO date. Tabular figures would set its hyphens as wide as digits; they keep their own width. */
export function Day({ date }: { date: string }) {
  const [year = '', month, day] = date.split('-')
  return (
    <>
      {year}
      {[month, day].map(
        (part, place) =>
          part !== undefined && (
            <Fragment key={place === 0 ? 'month' : 'day'}>
              <span className="hyphen">-</span>
              {part}
            </Fragment>
          ),
      )}
    </>
  )
}
