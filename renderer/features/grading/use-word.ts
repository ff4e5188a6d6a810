import { useCallback, useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Grading } from '../../../preload/grading.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { type Answers, answersOf, noAnswers, sameAnswers, wholeWord } from './answers.ts'

export interface Word {
  /** Whether somebody has picked their name. */
  person: boolean
  answers: Answers
  change: (answers: Answers) => void
  /** The person's newest word, as it was saved. */
  mine: Grading | null
  /** The newest word of each other grader; empty while sealed. */
  others: Grading[]
  /** How many gradings of others stay closed until the person's own is complete. */
  sealed: number
  /** Saves what is complete and differs from what was saved. */
  save: (() => void) | null
  error: ScansideError | null
}

/** Answers not saved yet, by person and scan, so that looking elsewhere in the viewer loses none. Gone when the window closes. */
const drafts = new Map<string, Answers>()

/** The open word on an open scan: what the person says, what they have saved, and what others said once that is there. */
export function useWord(bulk: string, sawMachine: boolean): Word {
  const person = useApp().people.person?.id ?? null
  const key = `${person}\n${bulk}`
  const [known, setKnown] = useState<{ of: string; mine: Grading | null; others: Grading[]; sealed: number } | null>(null)
  const [, redraw] = useState(0)
  const [error, setError] = useState<ScansideError | null>(null)

  const read = useCallback(async () => {
    if (person === null) return
    try {
      const found = await lab.grading.ofScan({ bulk })
      setKnown({ of: `${person}\n${bulk}`, ...found, others: newestOfEach(found.others) })
    } catch (cause) {
      setError(asScansideError(cause))
    }
  }, [bulk, person])
  useEffect(() => {
    setError(null)
    void read()
  }, [read])

  const here = known?.of === key ? known : null
  const saved = here?.mine ? answersOf(here.mine) : noAnswers
  const draft = drafts.get(key) ?? saved
  const whole = wholeWord(draft)
  const changed = !here?.mine || !sameAnswers(draft, saved)
  const save = async () => {
    if (!whole) return
    setError(null)
    try {
      await lab.grading.word({ bulk, ...whole, note: here?.mine?.note ?? '', sawMachine })
      drafts.delete(key)
      await read()
    } catch (cause) {
      setError(asScansideError(cause))
    }
  }
  return {
    person: person !== null,
    answers: draft,
    change: (next) => {
      drafts.set(key, next)
      redraw((n) => n + 1)
    },
    mine: here?.mine ?? null,
    others: here?.others ?? [],
    sealed: here?.sealed ?? 0,
    save: person !== null && whole && changed ? () => void save() : null,
    error,
  }
}

function newestOfEach(gradings: readonly Grading[]): Grading[] {
  return [...new Map(gradings.map((grading) => [grading.grader, grading])).values()].reverse()
}
