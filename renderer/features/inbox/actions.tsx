import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { InboxScan } from '../../../preload/inbox.ts'
import { askWho } from '../../shell/who/who-store.ts'
import { Button } from '../../ui/button.tsx'
import { formatTime } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import styles from './inbox.module.css'
import type { Place } from './model.ts'

export interface Doing {
  next: () => void
  open: () => void
  decide: (decision: 'keep' | 'take-again' | 'ask-reader' | 'keep-best') => void
  override: () => void
}

interface ActionsProps {
  scan: InboxScan
  place: Place | null
  /** Somebody has picked their name. */
  person: boolean
  /** How many verdicts wait. */
  waiting: number
  problem: ScansideError | null
  onClose: () => void
  doing: Doing
}

/** What a hand decides, with its keys. Without a person the decisions are off, with the reason beside them. */
export function Actions({ scan, place, person, waiting, problem, onClose, doing }: ActionsProps) {
  const { t, i18n } = useTranslation(['inbox', 'translation'])
  const judged = scan.state === 'judged'
  const off = !person || !judged
  return (
    <div className={styles.foot}>
      {problem && <Problem error={problem} actions={<Button onClick={onClose}>{t('translation:action.close')}</Button>} />}
      {scan.decision && (
        <p className={styles.decided} role="status">
          {t(`inbox:decided.${scan.decision.what}`, { by: scan.decision.by, time: formatTime(scan.decision.at, i18n.language).slice(0, 5) })}
        </p>
      )}
      {judged && !person && (
        <p className={styles.decided}>
          {t('inbox:needPerson')}{' '}
          <Button keys={['P']} onClick={askWho}>
            {t('inbox:action.pick')}
          </Button>
        </p>
      )}
      <div className={styles.actions}>
        <Button kind="primary" size="large" keys={['Space']} aria-keyshortcuts="Space" disabled={waiting === 0} onClick={doing.next}>
          {t('inbox:action.next')}
        </Button>
        <Button size="large" keys={['Enter']} disabled={!judged} onClick={doing.open}>
          {t('inbox:action.open')}
        </Button>
        <Button size="large" keys={['K']} disabled={off} onClick={() => doing.decide('keep')}>
          {t(scan.verdict === 'usable' ? 'inbox:action.keep' : 'inbox:action.keepAnyway')}
        </Button>
        <Button size="large" keys={['T']} disabled={off} onClick={() => doing.decide('take-again')}>
          {t('inbox:action.take-again')}
        </Button>
        {place?.slot.offerKeepBest && (
          <Button size="large" keys={['B']} disabled={off} onClick={() => doing.decide('keep-best')}>
            {t('inbox:action.keep-best')}
          </Button>
        )}
        <Button size="large" kind="quiet" keys={['A']} disabled={off} onClick={() => doing.decide('ask-reader')}>
          {t('inbox:action.ask-reader')}
        </Button>
        <Button size="large" kind="quiet" keys={['O']} disabled={off || scan.criteria.length === 0} onClick={doing.override}>
          {t('inbox:action.override')}
        </Button>
      </div>
    </div>
  )
}
