import { ChevronLeft, Scale } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Output } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Select } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Progress } from '../../ui/progress.tsx'
import { AnswerForm } from './answer-form.tsx'
import { BlindPanes } from './blind-panes.tsx'
import styles from './grading.module.css'
import { showGrading } from './grading-store.ts'
import { useAnswering } from './use-answering.ts'
import { useBlindScan } from './use-blind-scan.ts'

type Difference = Output<'grading.disagreements'>[number]

/** Scans two graders differ on, with both words and no names, for a third person to decide. */
export function Adjudication({ batch, name }: { batch: string; name: string }) {
  const { t } = useTranslation('grading')
  const page = useRef<HTMLElement>(null)
  const [all, setAll] = useState<Difference[] | null>(null)
  const [chosen, setChosen] = useState<string | null>(null)
  const [error, setError] = useState<ScansideError | null>(null)
  const [busy, setBusy] = useState(false)

  const read = useCallback(
    async (after: string | null) => {
      try {
        const found = await lab.grading.disagreements({ batch })
        setAll(found)
        const from = found.findIndex((one) => one.item === after) + 1
        const open = [...found.slice(from), ...found.slice(0, from)].find((one) => one.decided === null)
        setChosen((before) => open?.item ?? before ?? found[0]?.item ?? null)
      } catch (cause) {
        setError(asScansideError(cause))
      }
    },
    [batch],
  )
  useEffect(() => {
    page.current?.focus()
    void read(null)
  }, [read])

  const here = all?.find((one) => one.item === chosen) ?? null
  const { open, progress, error: notOpened, retry } = useBlindScan(here?.item ?? null)
  const decide = async (word: Omit<Parameters<typeof lab.grading.adjudicate>[0], 'item'>) => {
    if (!here || busy) return
    setBusy(true)
    setError(null)
    try {
      await lab.grading.adjudicate({ item: here.item, ...word })
      await read(here.item)
      page.current?.focus()
    } catch (cause) {
      setError(asScansideError(cause))
    } finally {
      setBusy(false)
    }
  }
  const answering = useAnswering(open && here ? here.item : null, page, (word) => void decide(word))
  const said = (one: Difference) =>
    one.decided ? t('adjudication.decided', { verdict: t(`overall.${one.decided.overall}`) }) : t('adjudication.open')

  return (
    <section ref={page} className={`page ${styles.page}`} aria-label={t('adjudication.title', { name })} tabIndex={-1}>
      <header className="page-bar">
        <Button kind="quiet" icon={ChevronLeft} onClick={() => showGrading({ at: 'batches' })}>
          {t('agreement.back')}
        </Button>
        <h1>{t('adjudication.title', { name })}</h1>
        <span className="grow" />
        <span className="soft small" role="status">
          {all && all.length > 0 && all.every((one) => one.decided !== null) && t('adjudication.allDecided')}
        </span>
        {all && all.length > 0 && (
          <Select aria-label={t('adjudication.list')} value={chosen ?? ''} onChange={setChosen}>
            {all.map((one, index) => (
              <option key={one.item} value={one.item}>
                {`${t('adjudication.scan', { number: index + 1 })}, ${said(one)}`}
              </option>
            ))}
          </Select>
        )}
      </header>
      {error && (
        <div className={styles.problem}>
          <Problem error={error} />
        </div>
      )}
      {all?.length === 0 ? (
        <Empty icon={Scale} title={t('adjudication.none')}>
          {t('adjudication.noneBody')}
        </Empty>
      ) : open && here ? (
        <BlindPanes key={open.bulk} open={open}>
          <AnswerForm answering={answering} saveLabel={t('adjudication.save')} busy={busy} words={here.words} />
        </BlindPanes>
      ) : (
        <div className={styles.opening}>
          {notOpened ? (
            <Problem error={notOpened} actions={<Button onClick={retry}>{t('reading.again')}</Button>} />
          ) : (
            here && (
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
