import { CircleCheck, RefreshCw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { asScansideError, lab } from '../../lab.ts'
import { openRun } from '../../navigation.ts'
import { useApp, useRunSummaries } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { formatMoment } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { shortName } from '../runs/short-name.ts'
import { Card } from '../settings/card.tsx'
import styles from './cloud.module.css'
import { countOwed, type LeftThing, orderLeft } from './left.ts'
import { isSignedIn } from './standing.ts'
import { useLeft } from './use-left.ts'

/** What this desk has in the cloud, and the hand that removes what nobody uses. */
export function LeftCard() {
  const { t } = useTranslation('cloud')
  const { things, reading, error, again } = useLeft()
  const [cleaning, setCleaning] = useState(false)
  const [still, setStill] = useState<number | null>(null)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const owed = countOwed(things ?? [])
  // Without a sign-in there is nothing to look at, unless something of an earlier one is written down.
  const silent = !isSignedIn(useApp().cloud) && (things ?? []).length === 0
  const clean = async () => {
    setCleaning(true)
    setStill(null)
    setProblem(null)
    try {
      setStill((await lab.cloud.clean()).left)
    } catch (cause) {
      setProblem(asScansideError(cause))
    } finally {
      setCleaning(false)
      again()
    }
  }
  if (silent) return null
  return (
    <Card title={t('left.title')} about={t('left.about')}>
      {things === null && !error && <p className="soft">{t('left.reading')}</p>}
      {things?.length === 0 && (
        <p className={styles.given}>
          <CircleCheck className="icon" size={14} aria-hidden />
          {t('left.empty')}
        </p>
      )}
      {things !== null && things.length > 0 && <Things things={things} />}
      <div className="settings-line">
        {owed > 0 && (
          <Button icon={Trash2} disabled={cleaning} onClick={() => void clean()}>
            {cleaning ? t('left.cleaning') : t('left.clean', { count: owed })}
          </Button>
        )}
        <Button icon={RefreshCw} kind="quiet" disabled={reading || cleaning} onClick={again}>
          {t(reading ? 'left.reading' : 'left.again')}
        </Button>
        <span className={styles.busy} role="status">
          {cleaning && <Spinner />}
          {!cleaning && still !== null && (still === 0 ? t('left.cleaned') : t('left.still', { count: still }))}
        </span>
      </div>
      {error && <Problem error={error} />}
      {problem && <Problem error={problem} />}
    </Card>
  )
}

function Things({ things }: { things: readonly LeftThing[] }) {
  const { t, i18n } = useTranslation('cloud')
  const known = new Set(useRunSummaries().map(({ id }) => id))
  return (
    <div className={styles.tableBox}>
      <table aria-label={t('left.title')}>
        <thead>
          <tr>
            {(['what', 'name', 'run', 'since', 'use'] as const).map((column) => (
              <th key={column} scope="col">
                {t(`left.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {orderLeft(things).map((thing) => (
            <tr key={`${thing.kind} ${thing.name}`} data-use={thing.use}>
              <td>{t(`left.kinds.${thing.kind}`)}</td>
              <td className="mono" title={thing.name}>
                {shortName(thing.name, 20)}
              </td>
              <td className="mono" title={thing.run}>
                {known.has(thing.run) ? (
                  <button type="button" className="link" onClick={() => openRun(thing.run)}>
                    {shortName(thing.run, 11)}
                  </button>
                ) : (
                  shortName(thing.run, 11)
                )}
              </td>
              <td>{thing.since === null ? t('left.unknown') : formatMoment(thing.since, i18n.language)}</td>
              <td>{t(`left.uses.${thing.use}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
