import type { ReactNode, Ref } from 'react'

interface CardProps {
  title: string
  about?: string
  children: ReactNode
  /** Its heading, for whoever was sent here from elsewhere. */
  head?: Ref<HTMLHeadingElement>
}

/** One thing of the settings: what it is on the left, what it holds on the right. */
export function Card({ title, about, children, head }: CardProps) {
  return (
    <section className="settings-card" aria-label={title}>
      <div>
        <h2 ref={head} tabIndex={head ? -1 : undefined}>
          {title}
        </h2>
        {about && <p className="soft small">{about}</p>}
      </div>
      <div className="settings-body">{children}</div>
    </section>
  )
}

/** Names with their values, one a line. */
export function Facts({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className="settings-facts">
      {rows.map(([name, value]) => (
        <div key={name} className="fact-pair">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
