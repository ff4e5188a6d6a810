import { useTranslation } from 'react-i18next'
import type { CloudStatus } from '../../../preload/cloud.ts'
import { formatCount } from '../../ui/format.ts'
import { Progress } from '../../ui/progress.tsx'
import styles from './cloud.module.css'
import { formatMemory, type LimitBar, limitBars } from './limits.ts'

/** What the project uses of what it may: machines, cores, memory. The numbers say it; the bars are for the eye. */
export function LimitBars({ limits }: { limits: NonNullable<CloudStatus['limits']> }) {
  const { t, i18n } = useTranslation('cloud')
  const number = ({ kind }: LimitBar, value: number) => (kind === 'ram' ? formatMemory(value, i18n.language) : formatCount(value, i18n.language))
  const said = (bar: LimitBar) =>
    bar.max === null
      ? t('machines.unlimited', { used: number(bar, bar.used) })
      : t('machines.of', { used: number(bar, bar.used), max: number(bar, bar.max) })
  return (
    <dl className={styles.limits} aria-label={t('machines.limits')}>
      {limitBars(limits).map((bar) => (
        <div key={bar.kind}>
          <dt className="label">{t(`machines.${bar.kind}`)}</dt>
          <dd>
            <span className="strong">{said(bar)}</span>
            {bar.full && <span className="soft small">{t('machines.full')}</span>}
            {bar.share === null ? (
              <span className={styles.endless} />
            ) : (
              <Progress value={bar.share} label={`${t(`machines.${bar.kind}`)}: ${said(bar)}`} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
