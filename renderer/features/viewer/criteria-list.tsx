import { Lock } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScanResult } from '../../../oct/results.ts'
import type { Grading } from '../../../preload/grading.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Keys } from '../../ui/keys.tsx'
import { Problem } from '../../ui/notice.tsx'
import { lettersAnswered, nextOpen, type Question, withAnswer, wordKey } from '../grading/answers.ts'
import { PersonNeeded } from '../grading/person-needed.tsx'
import { QuestionBox } from '../grading/question.tsx'
import { useWord, type Word } from '../grading/use-word.ts'
import styles from './criteria.module.css'
import { familiesOf } from './criteria.ts'
import { FamilyRow, isQuestion, type Row } from './family-row.tsx'

interface CriteriaListProps {
  bulk: string
  /** Null where the machine has said nothing. */
  result: ScanResult | null
}

const nothing: Pick<ScanResult, 'criteria' | 'decidedBy'> = { criteria: [], decidedBy: [] }

/**
 * Machine, you, second: one row per OSCAR-IB letter with the worst the machine found, opened for its criteria; the person's own word is
 * given on the row by 1, 2, 3, and others' stay closed until it is complete.
 */
export function CriteriaList(props: CriteriaListProps) {
  // Another person at the desk begins with the first letter.
  return <List key={useApp().people.person?.id ?? ''} {...props} />
}

function List({ bulk, result }: CriteriaListProps) {
  const { t } = useTranslation('viewer')
  const { t: grading } = useTranslation('grading')
  const families = familiesOf(result ?? nothing)
  const word = useWord(bulk, result !== null)
  const [at, setAt] = useState<Row>('O')
  const [opened, setOpened] = useState<Row | null>(() => families.find(({ decided }) => decided)?.name ?? null)
  const list = useRef<HTMLFieldSetElement>(null)
  const [second = null] = word.others
  // The whole scan comes after its letters, before what no reader grades.
  const rows: Row[] = [...families.slice(0, 7).map(({ name }) => name), 'overall', ...families.slice(7).map(({ name }) => name)]
  const question: Question = isQuestion(at) ? at : (nextOpen(word.answers, 'overall') ?? 'overall')

  // The button that appears below takes room: the row a person is on stays in sight.
  const saving = word.save !== null
  useEffect(() => {
    const row = list.current?.querySelector(`[data-row="${at}"]`)
    if (row && (saving || document.activeElement === row) && list.current?.contains(document.activeElement)) row.scrollIntoView({ block: 'nearest' })
  }, [at, saving])

  const focusRow = (row: Row) => {
    setAt(row)
    list.current?.querySelector<HTMLElement>(`[data-row="${row}"]`)?.focus()
  }
  const answer = (nth: number, stay: boolean) => {
    if (!word.person) return
    const next = withAnswer(word.answers, question, nth)
    word.change(next)
    const to = nextOpen(next, question) ?? 'overall'
    if (stay) setAt(to)
    else focusRow(to)
  }
  const press = (event: KeyboardEvent) => {
    const key = event.ctrlKey || event.metaKey || event.altKey ? null : wordKey(event.key)
    if (!key) return
    // A key held down answers one question, not all of them.
    if (event.repeat && key.does !== 'move') return event.preventDefault()
    if (key.does === 'answer' && word.person) answer(key.nth, false)
    else if (key.does === 'move') focusRow(rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(at) + key.by))] ?? at)
    else if (key.does === 'save' && word.save && event.target instanceof HTMLElement && event.target.dataset.row !== undefined) word.save()
    else return
    event.preventDefault()
  }

  return (
    <fieldset className={styles.whole} aria-label={t('panel.criteria')} aria-keyshortcuts="G" onKeyDown={press} ref={list}>
      <div className={styles.head} aria-hidden="true">
        <span className={`grow ${styles.headName}`}>
          {grading('column.criterion')}
          <Keys keys={['G']} />
        </span>
        <span className={styles.cell}>{grading('column.machine')}</span>
        <span className={styles.cell}>{grading('column.you')}</span>
        <span className={styles.cell}>{grading('column.second')}</span>
      </div>
      <ul className={styles.rows} aria-label={t('panel.criteria')}>
        {rows.map((row) => (
          <FamilyRow
            key={row}
            row={row}
            family={families.find(({ name }) => name === row) ?? null}
            verdict={result?.verdict ?? null}
            decidedBy={result?.decidedBy ?? nothing.decidedBy}
            word={word}
            second={second}
            here={at === row}
            open={opened === row}
            onHere={() => setAt(row)}
            onOpen={() => setOpened(opened === row ? null : row)}
          />
        ))}
      </ul>
      <section className={styles.foot} aria-label={grading('word.region')}>
        {word.person ? (
          <>
            <QuestionBox question={question} answers={word.answers} onAnswer={(nth) => answer(nth, true)} />
            <Sealed word={word} second={second} />
            {word.save && (
              <Button kind="primary" keys={['Enter']} onClick={word.save}>
                {grading(word.mine ? 'word.again' : 'word.save')}
              </Button>
            )}
            <p className={styles.help}>{grading('word.keys')}</p>
          </>
        ) : (
          <PersonNeeded />
        )}
        {word.error && <Problem error={word.error} />}
      </section>
    </fieldset>
  )
}

/** What is closed, and what opens it; after that, what the second reader said and that one's own is kept. */
function Sealed({ word, second }: { word: Word; second: Grading | null }) {
  const { t } = useTranslation('grading')
  const done = lettersAnswered(word.answers)
  if (word.mine)
    return (
      <p className="small soft">
        {second ? t('word.second', { name: second.grader, verdict: t(`overall.${second.overall}`) }) : t('word.noOther')}{' '}
        {!word.save && t('word.saved')}
      </p>
    )
  return (
    <p className={styles.sealed}>
      <Lock className="icon" size={12} aria-hidden />
      <span>
        {word.save
          ? t('word.opens')
          : done === 7
            ? t('word.complete')
            : word.sealed > 0
              ? t('word.sealed', { count: word.sealed, done })
              : t('word.sealedNone', { done })}
      </span>
    </p>
  )
}
