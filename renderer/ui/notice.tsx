import { CircleAlert, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../oct/errors.ts'
import { lab } from '../lab.ts'
import { Button } from './button.tsx'

/** Something the person should know, with what they can do about it. Takes room of its own; never floats. */
export function Notice({ icon: Icon, children, actions, urgent = false }: NoticeProps) {
  return (
    <div className="notice" role={urgent ? 'alert' : 'status'}>
      <Icon className="icon" size={16} aria-hidden />
      <div className="notice-body">
        {children}
        {actions && <div className="notice-actions">{actions}</div>}
      </div>
    </div>
  )
}

interface NoticeProps {
  icon: LucideIcon
  children: ReactNode
  actions?: ReactNode
  /** Read out at once: for what went wrong. */
  urgent?: boolean
}

/** An error's sentence, its details folded away and copyable, and what to do next. */
export function Problem({ error, actions }: { error: ScansideError; actions?: ReactNode }) {
  const { t } = useTranslation()
  const facts: [string, string][] = [
    ['code', error.code],
    ...Object.entries(error.details).map(([key, value]): [string, string] => [key, String(value)]),
  ]
  const text = [error.message, ...facts.map(([key, value]) => `${key}: ${value}`)].join('\n')
  return (
    <Notice icon={CircleAlert} urgent actions={actions}>
      <p>{error.message}</p>
      <details>
        <summary>{t('problem.details')}</summary>
        <dl className="notice-facts">
          {facts.map(([key, value]) => (
            <div key={key} className="fact-pair">
              <dt>{key}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Button kind="quiet" onClick={() => void lab.app.copyText({ text }).catch(() => undefined)}>
          {t('problem.copy')}
        </Button>
      </details>
    </Notice>
  )
}
