import { ChevronDown, ChevronRight, Lock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Criterion, Verdict } from '../../../oct/results.ts'
import type { Grading } from '../../../preload/grading.ts'
import { Threshold } from '../../ui/threshold.tsx'
import { VerdictMark } from '../../ui/verdict.tsx'
import { AnswerMark, StatusMark } from '../grading/answer-mark.tsx'
import { answersOf, type Question, questions } from '../grading/answers.ts'
import type { Word } from '../grading/use-word.ts'
import styles from './criteria.module.css'
import { type Family, type FamilyName, formatValue, splitId } from './criteria.ts'

export type Row = FamilyName | 'overall'
/** Whether a row is one a reader grades. */
export const isQuestion = (row: Row): row is Question => questions.some((question) => question === row)

interface FamilyRowProps {
  row: Row
  family: Family | null
  verdict: Verdict | null
  decidedBy: readonly string[]
  word: Word
  second: Grading | null
  here: boolean
  open: boolean
  onHere: () => void
  onOpen: () => void
}

/** One family: what the machine, the person and the second reader say; opened, every criterion in it. */
export function FamilyRow({ row, family, verdict, decidedBy, word, second, here, open, onHere, onOpen }: FamilyRowProps) {
  const { t } = useTranslation('viewer')
  const { t: grading } = useTranslation('grading')
  const asked = isQuestion(row)
  // Of several unlike things there is no one value, nor one status.
  const gathered = row === 'experimental' || row === 'other'
  const letter = /^[A-Z]$/.test(row) ? row : ''
  const opens = family !== null && family.criteria.length > 0
  const name = row === 'overall' ? grading('letter.overall') : gathered ? t(`panel.families.${row}`) : t(`criterion.${row}`)
  const Chevron = open ? ChevronDown : ChevronRight
  return (
    <li data-decided={family?.decided || undefined} className={styles.family} data-here={here || undefined}>
      <button
        type="button"
        className={styles.row}
        data-row={row}
        tabIndex={here ? 0 : -1}
        aria-current={here || undefined}
        {...(opens ? { 'aria-expanded': open } : {})}
        onFocus={onHere}
        onClick={() => {
          onHere()
          if (opens) onOpen()
        }}
      >
        {letter ? <b className={styles.letter}>{letter}</b> : <span className={styles.letter} />}
        <span className={styles.what}>
          <span className={asked ? 'strong' : ''}>{name}</span>
          {family && gathered ? (
            <span className={styles.measured}>
              <span className={styles.value}>{t('panel.more', { count: family.criteria.length })}</span>
            </span>
          ) : (
            family?.lead && <Measured criterion={family.lead} />
          )}
          {opens && <Chevron className={styles.chevron} size={12} aria-hidden />}
        </span>
        <span className={styles.cell}>
          <span className="sr-only">{grading('column.machine')}</span>
          {row === 'overall' ? (
            verdict === null ? (
              <StatusMark status={null} empty="dash" />
            ) : (
              <VerdictSaid verdict={verdict} />
            )
          ) : (
            <StatusMark status={row === 'R' || gathered ? null : (family?.status ?? null)} empty="dash" />
          )}
        </span>
        <span className={styles.cell}>
          {asked && (
            <>
              <span className="sr-only">{grading('column.you')}</span>
              {word.person ? <AnswerMark answers={word.answers} question={row} /> : <StatusMark status={null} empty="dash" />}
            </>
          )}
        </span>
        <span className={styles.cell}>
          {asked && (
            <>
              <span className="sr-only">{grading('column.second')}</span>
              {second ? (
                <AnswerMark answers={answersOf(second)} question={row} />
              ) : word.mine ? (
                <StatusMark status={null} empty="dash" />
              ) : (
                <>
                  <Lock className="icon faint" size={12} aria-hidden />
                  <span className="sr-only">{grading('word.closed')}</span>
                </>
              )}
            </>
          )}
        </span>
      </button>
      {open && family && (
        <ul className={styles.details}>
          {family.criteria.map((criterion) => (
            <CriterionDetail key={criterion.id} criterion={criterion} decided={decidedBy.includes(criterion.id)} />
          ))}
        </ul>
      )}
    </li>
  )
}

function VerdictSaid({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation('viewer')
  return (
    <span title={t(`word.${verdict}`)}>
      <VerdictMark verdict={verdict} size={12} />
      <span className="sr-only">{t(`word.${verdict}`)}</span>
    </span>
  )
}

/** A value against its threshold, in one short line. */
function Measured({ criterion }: { criterion: Criterion }) {
  const { t, i18n } = useTranslation('viewer')
  if (criterion.value === null) return null
  return (
    <span className={styles.measured}>
      <span className={styles.value}>{formatValue(criterion.value, criterion.unit, i18n.language)}</span>
      {criterion.threshold !== '' && (
        <>
          <Threshold text={criterion.threshold} /> <span>{t(`evidence.${criterion.evidence}`)}</span>
        </>
      )}
    </span>
  )
}

function CriterionDetail({ criterion, decided }: { criterion: Criterion; decided: boolean }) {
  const { t } = useTranslation('viewer')
  const { key } = splitId(criterion.id)
  return (
    <li className={styles.criterion} data-decided={decided || undefined}>
      <StatusMark status={criterion.status} />
      <div>
        <p className={styles.named}>
          <span className="strong" title={criterion.id}>
            {key ? t(`criterion.${key}`) : criterion.id}
          </span>
          <span className="soft">{t(`status.${criterion.status}`)}</span>
          {criterion.experimental && <span className="tag">{t('panel.experimental')}</span>}
          <Measured criterion={criterion} />
        </p>
        {criterion.reason !== '' && (
          <p className="soft" lang="en">
            {criterion.reason}
          </p>
        )}
        {criterion.source && (
          <p className="faint" lang="en">
            {criterion.source}
          </p>
        )}
      </div>
    </li>
  )
}
