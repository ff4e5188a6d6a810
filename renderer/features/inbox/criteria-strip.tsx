import { useTranslation } from 'react-i18next'
import type { Criterion, Status, Verdict } from '../../../oct/results.ts'
import type { InboxScan } from '../../../preload/inbox.ts'
import { VerdictMark } from '../../ui/verdict.tsx'
import { formatValue } from '../viewer/criteria.ts'
import { type CriterionName, nameOf } from './criterion-name.ts'
import { strip } from './model.ts'
import styles from './reading.module.css'

export const shapeOf: Record<Status, Verdict | 'none'> = { pass: 'usable', warn: 'ambiguous', fail: 'unusable', unknown: 'none' }

/** As many as fit in one line beside each other; the others are told by their number. */
const most = 7
/** Letters of a unit that fit beside a number. */
const longestUnit = 4

/** The criteria that say most, failed first, each with its number or that it was not judged; a person's own word beside the machine's. */
export function CriteriaStrip({ scan }: { scan: InboxScan }) {
  const { t, i18n } = useTranslation('inbox')
  const all = strip(scan)
  const shown = all.slice(0, all.length > most ? most - 1 : most)
  const left = scan.criteria.length - shown.length
  /** A number with a short unit; a count of something says less than whether it is good. */
  const told = ({ status, value, unit: written }: Criterion) => {
    const unit = written === 'ratio' ? '' : written
    if (status === 'unknown') return t('notJudged')
    if (value === null || (unit.length > longestUnit && status === 'pass')) return t(`status.${status}`)
    return formatValue(value, unit === 'um' ? 'µm' : unit.length > longestUnit ? '' : unit, i18n.language)
  }
  const name = (id: string) => {
    const known: CriterionName | null = nameOf(id)
    return known ? t(`criterion.${known}`) : id
  }
  return (
    <ul className={styles.criteria} aria-label={t('criteria')}>
      {shown.map(({ criterion: one, override }) => (
        <li
          key={one.id}
          data-status={one.status}
          data-criterion={one.id}
          title={override ? t('yourWord', { by: override.by, status: t(`status.${override.status}`), reason: override.reason }) : one.reason}
        >
          <VerdictMark verdict={shapeOf[one.status]} />
          <span className="ellipsis">{name(one.id)}</span>
          <b className="ellipsis">
            {told(one)}
            <span className="sr-only">{`, ${t(`status.${one.status}`)}`}</span>
            {override && (
              <span className={styles.own} data-status={override.status}>
                <VerdictMark verdict={shapeOf[override.status]} size={10} />
                <span className={styles.by}>{override.by}</span>
              </span>
            )}
          </b>
        </li>
      ))}
      {left > 0 && (
        <li className={styles.more} title={t('moreHint')}>
          {t('more', { count: left })}
        </li>
      )}
    </ul>
  )
}
