import { useTranslation } from 'react-i18next'
import type { Status, Verdict } from '../../../oct/results.ts'
import { VerdictMark } from '../../ui/verdict.tsx'
import type { Answers, Question } from './answers.ts'
import styles from './grading.module.css'

const marks: Record<Status, Verdict> = { pass: 'usable', warn: 'ambiguous', fail: 'unusable', unknown: 'unknown' }

/** A status as its shape; an empty box where nothing was said yet, a dash where nothing can be. The word is told to those who hear it. */
export function StatusMark({ status, empty = 'box' }: { status: Status | null; empty?: 'box' | 'dash' }) {
  const { t } = useTranslation('grading')
  return (
    <span className={styles.mark} title={t(`answer.${status ?? 'none'}`)}>
      {status === null && empty === 'box' ? (
        <i className={styles.box} />
      ) : (
        <VerdictMark verdict={status === null ? 'none' : marks[status]} size={12} />
      )}
      <span className="sr-only">{t(`answer.${status ?? 'none'}`)}</span>
    </span>
  )
}

/** What was answered to a question. */
export function AnswerMark({ answers, question }: { answers: Answers; question: Question }) {
  const { t } = useTranslation('grading')
  if (question !== 'overall') return <StatusMark status={answers.letters[question] ?? null} />
  if (answers.overall === null) return <StatusMark status={null} />
  return (
    <span className={styles.mark} title={t(`overall.${answers.overall}`)}>
      <VerdictMark verdict={answers.overall} size={12} />
      <span className="sr-only">{t(`overall.${answers.overall}`)}</span>
    </span>
  )
}
