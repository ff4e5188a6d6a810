import { CircleCheck, Hourglass, Send } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { asScansideError, lab } from '../../lab.ts'
import { showRuns } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { parted } from './items.ts'
import styles from './outbox.module.css'
import { OutboxRow } from './outbox-row.tsx'
import { useOutbox } from './use-outbox.ts'

/** Everything that waits for its archive: first what a person must decide, then the rest in the order in which it goes home. */
export function OutboxPage() {
  const { t } = useTranslation('outbox')
  const { items, total, error, again } = useOutbox()
  if (items === null)
    return (
      <div className="page-body" aria-busy={error === null}>
        {error && <Problem error={error} actions={<Button onClick={again}>{t('choice.retry')}</Button>} />}
      </div>
    )
  if (items.length === 0 && !error)
    return (
      <div className="page-body">
        <Empty icon={CircleCheck} title={t('empty.title')} actions={<Button onClick={showRuns}>{t('empty.runs')}</Button>}>
          {t('empty.body')}
        </Empty>
      </div>
    )
  const { blocked, ordered } = parted(items)
  return (
    <div className="page-body">
      <div className={styles.outbox}>
        <Standing waiting={total} sendable={ordered.length} onSent={again} />
        {error && <Problem error={error} />}
        {blocked.length > 0 && (
          <section aria-label={t('blocked')}>
            <h2 className="label">{`${t('blocked')} ${blocked.length}`}</h2>
            <ul className={styles.list}>
              {blocked.map((item) => (
                <OutboxRow key={item.id} item={item} turn={null} onChanged={again} />
              ))}
            </ul>
          </section>
        )}
        {ordered.length > 0 && (
          <section aria-label={t('ordered')}>
            <h2 className="label">{t('ordered')}</h2>
            <ol className={styles.list}>
              {ordered.map((item, index) => (
                <OutboxRow key={item.id} item={item} turn={index + 1} onChanged={again} />
              ))}
            </ol>
            {total > items.length && <p className="soft small">{t('more', { count: total - items.length })}</p>}
          </section>
        )}
      </div>
    </div>
  )
}

/** How many wait and how they are kept, and the hand that sends them now. */
function Standing({ waiting, sendable, onSent }: { waiting: number; sendable: number; onSent: () => void }) {
  const { t } = useTranslation('outbox')
  const { session, keyring } = useApp()
  const [busy, setBusy] = useState(false)
  const [sent, setSent] = useState<number | null>(null)
  const [error, setError] = useState<ScansideError | null>(null)
  const reachable = session.state === 'signed-in'

  const send = async () => {
    setBusy(true)
    setSent(null)
    setError(null)
    try {
      setSent((await lab.outbox.send()).sent)
    } catch (cause) {
      setError(asScansideError(cause))
    } finally {
      setBusy(false)
      onSent()
    }
  }
  const said = () => {
    if (busy || sendable === 0) return ''
    if (session.state === 'offline') return t('now.offline')
    if (!reachable) return t('now.signIn')
    return sent === null ? '' : sent === 0 ? t('now.none') : t('now.sent', { count: sent })
  }
  return (
    <Notice
      icon={Hourglass}
      actions={
        sendable > 0 && (
          <>
            <Button kind="primary" icon={Send} disabled={busy || !(reachable || session.state === 'offline')} onClick={() => void send()}>
              {t(busy ? 'now.sending' : 'now.button')}
            </Button>
            <span className={styles.told} role="status">
              {said()}
            </span>
          </>
        )
      }
    >
      <p>
        <b>{t('lead', { count: waiting })}</b> {keyring.available ? t('sealed') : t('memory')}
        {sendable === 0 && ` ${t('blockedOnly')}`}
      </p>
      {error && <Problem error={error} />}
    </Notice>
  )
}
