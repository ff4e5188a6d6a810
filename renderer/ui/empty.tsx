import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** An empty place: what belongs here, and the first step. */
export function Empty({ icon: Icon, title, children, actions }: { icon: LucideIcon; title: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <div className="empty">
      <Icon className="icon" size={32} strokeWidth={1.25} aria-hidden />
      <h2>{title}</h2>
      <p>{children}</p>
      {actions && <div className="empty-actions">{actions}</div>}
    </div>
  )
}
