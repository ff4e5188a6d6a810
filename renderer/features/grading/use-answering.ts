import { type RefObject, useEffect, useRef, useState } from 'react'
import { type Answers, beside, nextOpen, noAnswers, type Question, readingKey, wholeWord, withAnswer } from './answers.ts'

type Whole = NonNullable<ReturnType<typeof wholeWord>>

export interface Answering {
  answers: Answers
  question: Question
  ask: (question: Question) => void
  answer: (nth: number) => void
  note: string
  setNote: (note: string) => void
  /** Null while a question is open. */
  save: (() => void) | null
}

/**
 * One word being given on what is shown, by hand or by keys; begins anew with each `of`. Keys are taken before the panes can have them,
 * unless they are typed into a field or meant for another control.
 * @param page what must be in sight for its keys to count
 */
export function useAnswering(of: string | null, page: RefObject<HTMLElement | null>, onSave: (word: Whole & { note: string }) => void): Answering {
  const [draft, setDraft] = useState({ of, answers: noAnswers, question: 'O' as Question, note: '' })
  const current = draft.of === of ? draft : { of, answers: noAnswers, question: 'O' as Question, note: '' }
  const { answers, question, note } = current
  const whole = of === null ? null : wholeWord(answers)
  const give = (to: Question, nth: number) => {
    const next = withAnswer(answers, to, nth)
    setDraft({ ...current, answers: next, question: nextOpen(next, to) ?? 'overall' })
  }
  const save = whole ? () => onSave({ ...whole, note: note.trim() }) : null

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || of === null) return
    if (!page.current?.checkVisibility({ visibilityProperty: true })) return
    const target = event.target instanceof Element ? event.target : null
    // The list of names has digits of its own.
    if (target?.closest('[role=dialog]')) return
    const typing = target?.matches('input:not([type=checkbox]):not([type=range]), select, textarea') ?? false
    const ours = target?.closest('[data-answers]') != null
    const key = readingKey(event.key)
    if (!key || (typing && key.does !== 'save')) return
    // A key held down answers one question, not all of them.
    if (event.repeat && key.does !== 'move') {
      if (!typing) event.preventDefault()
      return
    }
    if (key.does === 'save') {
      if (!save || (target?.matches('button, a, summary, select') && !ours)) return
      save()
    } else if (key.does === 'move') {
      if (target?.closest('[role=slider], [role=tablist], input') && !ours) return
      setDraft({ ...current, question: beside(question, key.by) })
    } else if (key.does === 'jump') setDraft({ ...current, question: key.to })
    else give(key.does === 'overall' ? 'overall' : question, key.nth)
    event.preventDefault()
  }
  const latest = useRef(press)
  latest.current = press
  useEffect(() => {
    const listen = (event: KeyboardEvent) => latest.current(event)
    window.addEventListener('keydown', listen, true)
    return () => window.removeEventListener('keydown', listen, true)
  }, [])

  return {
    answers,
    question,
    ask: (to) => setDraft({ ...current, question: to }),
    answer: (nth) => give(question, nth),
    note,
    setNote: (text) => setDraft({ ...current, note: text }),
    save,
  }
}
