import { ChevronLeft, CircleCheck, EyeOff } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Output } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Progress } from '../../ui/progress.tsx'
import { AnswerForm } from './answer-form.tsx'
import { leftOut } from './answers.ts'
import { BlindPanes } from './blind-panes.tsx'
import styles from './grading.module.css'
import { showGrading } from './grading-store.ts'
import { useAnswering } from './use-answering.ts'
import { useBlindScan } from './use-blind-scan.ts'

/** One item after another, blind: no labels, no time, nothing the machine has said. What was saved stays saved wherever a person leaves. */
export function Reading({ batch, name }: { batch: string; name: string }) {
  const { t } = useTranslation('grading')
  const page = useRef<HTMLElement>(null)
  const [next, setNext] = useState<{ item: Output<'grading.next'> } | null>(null)
  const [error, setError] = useState<ScansideError | null>(null)
  const [busy, setBusy] = useState(false)
  const item = next?.item?.item ?? null
  const { open, progress, error: notOpened, retry } = useBlindScan(item)

  const bring = useCallback(async () => {
    try {
      setNext({ item: await lab.grading.next({ batch }) })
    } catch (cause) {
      setError(asScansideError(cause))
    }
  }, [batch])
  useEffect(() => {
    page.current?.focus()
    void bring()
  }, [bring])

  const keep = async (word: Omit<Parameters<typeof lab.grading.save>[0], 'item'>) => {
    if (item === null || busy) return
    setBusy(true)
    setError(null)
    try {
      await lab.grading.save({ item, ...word })
      await bring()
      page.current?.focus()
    } catch (cause) {
      setError(asScansideError(cause))
    } finally {
      setBusy(false)
    }
  }
  const answering = useAnswering(open ? item : null, page, (word) => void keep(word))
  const leave = () => showGrading({ at: 'batches' })
  const begun = Object.keys(answering.answers.letters).length > 0

  return (
    <section
      ref={page}
      className={`page ${styles.page}`}
      aria-label={t('reading.region')}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented && !begun) leave()
      }}
    >
      <header className="page-bar">
        <Button kind="quiet" icon={ChevronLeft} onClick={leave}>
          {t('reading.leave')}
        </Button>
        <h1>{name}</h1>
        <span className="soft small">
          <EyeOff className={`icon ${styles.inline}`} size={12} aria-hidden /> {t('reading.blind')}
        </span>
        <span className="grow" />
        {next?.item && (
          <>
            <span aria-live="polite">{t('reading.position', { position: next.item.position, items: next.item.items })}</span>
            <span className={styles.bar}>
              <Progress value={(next.item.position - 1) / next.item.items} label={t('reading.progress')} />
            </span>
          </>
        )}
      </header>
      {error && (
        <div className={styles.problem}>
          <Problem error={error} />
        </div>
      )}
      {next && !next.item ? (
        <Done onAgreement={() => showGrading({ at: 'agreement', batch })} onBatches={leave} />
      ) : open && item !== null ? (
        <BlindPanes key={open.bulk} open={open}>
          <AnswerForm answering={answering} saveLabel={t('reading.save')} busy={busy} />
        </BlindPanes>
      ) : (
        <div className={styles.opening}>
          {notOpened ? (
            <>
              <p>{t('reading.failed')}</p>
              <Problem
                error={notOpened}
                actions={
                  <>
                    <Button onClick={retry}>{t('reading.again')}</Button>
                    <Button onClick={() => void keep(leftOut)}>{t('reading.leaveOut')}</Button>
                  </>
                }
              />
            </>
          ) : (
            !error && (
              <div role="status" className={styles.coming}>
                <b className="strong">{t('reading.opening')}</b>
                <Progress value={progress} label={t('reading.opening')} />
              </div>
            )
          )}
        </div>
      )}
    </section>
  )
}

function Done({ onAgreement, onBatches }: { onAgreement: () => void; onBatches: () => void }) {
  const { t } = useTranslation('grading')
  return (
    <Empty
      icon={CircleCheck}
      title={t('reading.doneTitle')}
      actions={
        <>
          <Button kind="primary" onClick={onAgreement}>
            {t('reading.toAgreement')}
          </Button>
          <Button onClick={onBatches}>{t('reading.toBatches')}</Button>
        </>
      }
    >
      {t('reading.doneBody')}
    </Empty>
  )
}
