import { ChevronLeft, Copy, Users } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Agreement as Found } from '../../../preload/grading.ts'
import { asScansideError, lab } from '../../lab.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Problem } from '../../ui/notice.tsx'
import { type Question, questions } from './answers.ts'
import { csvOf } from './csv.ts'
import styles from './grading.module.css'
import { showGrading } from './grading-store.ts'

type Row = Found['repeats'][number]['rows'][number]

/** How far graders agree, letter by letter: each two of them, and each with themselves over what was shown twice. */
export function Agreement({ batch, name }: { batch: string; name: string }) {
  const { t } = useTranslation('grading')
  const [found, setFound] = useState<Found | null>(null)
  const [error, setError] = useState<ScansideError | null>(null)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    lab.grading.agreement({ batch }).then(setFound, (cause: unknown) => setError(asScansideError(cause)))
  }, [batch])
  const copy = () => {
    if (!found) return
    lab.app.copyText({ text: csvOf(found) }).then(
      () => setCopied(true),
      (cause: unknown) => setError(asScansideError(cause)),
    )
  }
  const tables = found && [
    ...found.pairs.map(({ a, b, rows }) => ({ title: t('agreement.pair', { a, b }), rows })),
    ...found.repeats.map(({ grader, rows }) => ({ title: t('agreement.repeats', { name: grader }), rows })),
  ]
  return (
    <section className="page" aria-label={t('agreement.title', { name })}>
      <header className="page-bar">
        <Button kind="quiet" icon={ChevronLeft} onClick={() => showGrading({ at: 'batches' })}>
          {t('agreement.back')}
        </Button>
        <h1>{t('agreement.title', { name })}</h1>
        <span className="grow" />
        <span className="soft small" role="status">
          {copied && t('agreement.copied')}
        </span>
        {tables && tables.length > 0 && (
          <Button icon={Copy} onClick={copy}>
            {t('agreement.copy')}
          </Button>
        )}
      </header>
      {error && (
        <div className={styles.problem}>
          <Problem error={error} />
        </div>
      )}
      {tables?.length === 0 && (
        <Empty icon={Users} title={t('agreement.none')}>
          {t('agreement.noneBody')}
        </Empty>
      )}
      {found && tables && tables.length > 0 && (
        <div className={styles.scroll}>
          <p className={styles.said}>
            {found.notBlind > 0 ? t('agreement.notBlind', { count: found.notBlind }) : t('agreement.allBlind')} {t('agreement.said')}
          </p>
          <div className={styles.tables}>
            {tables.map(({ title, rows }) => (
              <Table key={title} title={title} rows={rows} />
            ))}
          </div>
        </div>
      )}
    </section>
  )
}

const isQuestion = (what: string): what is Question => questions.some((question) => question === what)

function Table({ title, rows }: { title: string; rows: readonly Row[] }) {
  const { t, i18n } = useTranslation('grading')
  const number = (value: number | null) =>
    value === null ? '–' : new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value)
  const percent = (value: number | null) =>
    value === null ? '–' : new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 }).format(value)
  return (
    <table className={styles.table}>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t('agreement.what')}</th>
          {(['kappa', 'weighted', 'interval', 'n', 'raw', 'prevalence'] as const).map((column) => (
            <th key={column} scope="col" className={styles.figure}>
              {t(`agreement.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.what} data-overall={row.what === 'overall' || undefined}>
            <th scope="row">
              {row.what !== 'overall' && <b className={styles.letter}>{row.what}</b>} {isQuestion(row.what) ? t(`letter.${row.what}`) : row.what}
            </th>
            <td className={styles.figure}>{number(row.kappa)}</td>
            <td className={styles.figure}>{number(row.weighted)}</td>
            <td className={styles.figure}>{row.low === null || row.high === null ? '–' : `${number(row.low)} – ${number(row.high)}`}</td>
            <td className={styles.figure}>{row.n}</td>
            <td className={styles.figure}>{percent(row.agreement)}</td>
            <td className={styles.figure}>{percent(row.prevalence)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
