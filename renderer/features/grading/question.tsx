import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Verdict } from '../../../oct/results.ts'
import { Keys } from '../../ui/keys.tsx'
import { type Answers, letterChoices, overallChoices, type Question } from './answers.ts'
import styles from './grading.module.css'

interface QuestionBoxProps {
  question: Question
  answers: Answers
  /** 0 first; the keys 1, 2, 3 and 4. */
  onAnswer: (nth: number) => void
}

/** One question with its three answers and their keys; that it cannot be told is a fourth, beside the point. */
export function QuestionBox({ question, answers, onAnswer }: QuestionBoxProps) {
  const { t } = useTranslation('grading')
  const id = useId()
  const chosen =
    question === 'overall' ? overallChoices.indexOf(answers.overall as Verdict) : letterChoices.indexOf(answers.letters[question] ?? 'pass')
  const answered = question === 'overall' ? answers.overall !== null : answers.letters[question] !== undefined
  const labels =
    question === 'overall'
      ? overallChoices.map((verdict) => t(`overall.${verdict}`))
      : letterChoices.map((status) => t(`${question === 'R' ? 'choiceR' : 'choice'}.${status}`))
  return (
    <div className={styles.question}>
      <p id={id} aria-live="polite">
        {question !== 'overall' && <b className={styles.letter}>{question}</b>} <b className="strong">{t(`ask.${question}`)}</b>
      </p>
      <fieldset className={styles.choices} aria-labelledby={id}>
        {labels.map((label, nth) => (
          <button
            key={label}
            type="button"
            aria-pressed={answered && nth === chosen}
            aria-keyshortcuts={String(nth + 1)}
            data-aside={nth === 3 || undefined}
            onClick={() => onAnswer(nth)}
          >
            {label}
            <Keys keys={[String(nth + 1)]} />
          </button>
        ))}
      </fieldset>
    </div>
  )
}
