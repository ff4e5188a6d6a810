import { useTranslation } from 'react-i18next'
import type { Grading } from '../../../preload/grading.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { AnswerMark } from './answer-mark.tsx'
import { answersOf, questions } from './answers.ts'
import styles from './grading.module.css'
import { QuestionBox } from './question.tsx'
import type { Answering } from './use-answering.ts'

interface AnswerFormProps {
  answering: Answering
  saveLabel: string
  busy: boolean
  /** Two graders' words to decide between, without their names. */
  words?: readonly Pick<Grading, 'letters' | 'overall' | 'note'>[]
}

/** Seven letters and the whole, the question at hand below them with its keys, a remark, and one button that says its key. */
export function AnswerForm({ answering, saveLabel, busy, words = [] }: AnswerFormProps) {
  const { t } = useTranslation('grading')
  const { answers, question, ask, answer, note, setNote, save } = answering
  // Their order is all they are told apart by.
  const others = words.slice(0, 3).map((word, index) => ({ number: index + 1, answers: answersOf(word), note: word.note }))
  return (
    <div className={styles.form} data-answers>
      {others.length > 0 && (
        <div className={styles.formHead} aria-hidden="true">
          <span className="grow" />
          {others.map(({ number }) => (
            <span key={number} className={styles.formCell}>
              {number}
            </span>
          ))}
          <span className={styles.formCell}>{t('column.you')}</span>
        </div>
      )}
      <ul className={styles.formRows}>
        {questions.map((each) => {
          const said = others.map((one) => (each === 'overall' ? one.answers.overall : one.answers.letters[each]))
          return (
            <li key={each}>
              <button
                type="button"
                className={styles.formRow}
                aria-current={each === question || undefined}
                data-differs={new Set(said).size > 1 || undefined}
                onClick={() => ask(each)}
              >
                <b className={styles.letter}>{each === 'overall' ? '' : each}</b>
                <span className="grow ellipsis">{t(`letter.${each}`)}</span>
                {others.map(({ number, answers: one }) => (
                  <span key={number} className={styles.formCell}>
                    <span className="sr-only">{t('adjudication.reader', { number })}</span>
                    <AnswerMark answers={one} question={each} />
                  </span>
                ))}
                {others.length === 0 && (
                  <span className={styles.formWord} aria-hidden="true">
                    {each === 'overall'
                      ? answers.overall && t(`overall.${answers.overall}`)
                      : answers.letters[each] && t(`answer.${answers.letters[each]}`)}
                  </span>
                )}
                <span className={styles.formCell}>
                  <span className="sr-only">{t('column.you')}</span>
                  <AnswerMark answers={answers} question={each} />
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {others.some((one) => one.note !== '') && (
        <ul className={styles.notes}>
          {others.flatMap(({ number, note: said }) =>
            said === '' ? [] : [<li key={number}>{`${number}: ${t('adjudication.note', { note: said })}`}</li>],
          )}
        </ul>
      )}
      <div className={styles.formAsk}>
        <QuestionBox question={question} answers={answers} onAnswer={answer} />
        <TextField
          aria-label={t('reading.note')}
          placeholder={t('reading.note')}
          value={note}
          maxLength={500}
          onChange={(event) => setNote(event.target.value)}
        />
        <Button kind="primary" size="large" keys={['Enter']} disabled={!save || busy} onClick={() => save?.()}>
          {saveLabel}
        </Button>
      </div>
      <p className={styles.help}>{t('reading.keys')}</p>
    </div>
  )
}
