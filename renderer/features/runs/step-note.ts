/** What main notes about a step, as something that can be said in the person's language. */

export type StepNote =
  | { say: 'files' | 'judged'; count: number; size: string }
  | { say: 'exited' | 'readBack' | 'kept' | 'waits' | 'removed' | 'notRemoved' | 'copying' | 'cancelled' | 'cancelledEarly' | 'takenUp' | 'anew' }

const fixed: [RegExp, Exclude<StepNote['say'], 'files' | 'judged'>][] = [
  [/^exit code 0$/, 'exited'],
  [/^read back: /, 'readBack'],
  [/^kept at this desk$/, 'kept'],
  [/^results wait$/, 'waits'],
  [/^workspace removed$/, 'removed'],
  [/^workspace not yet removed$/, 'notRemoved'],
  [/^copying files$/, 'copying'],
  [/^cancelled$/, 'cancelled'],
  [/^cancelled before it began$/, 'cancelledEarly'],
  [/^taken up again where it was$/, 'takenUp'],
  [/^begun anew\b/, 'anew'],
]

/** Whether a note tells how the run came into this step a second time, and not what the step before came to. */
export const tellsOfReturn = (note: string): boolean => /^(taken up again|begun anew)\b/.test(note)

/** The note's meaning; null where it is a sentence of its own, such as why a run failed. `size` is as main wrote it, in MB, empty where there is none. */
export function readNote(note: string): StepNote | null {
  const files = /^(\d+) files?, ([\d.]+) MB$/.exec(note)
  if (files) return { say: 'files', count: Number(files[1]), size: files[2] ?? '' }
  const judged = /^(\d+) scans? judged$/.exec(note)
  if (judged) return { say: 'judged', count: Number(judged[1]), size: '' }
  const say = fixed.find(([shape]) => shape.test(note))?.[1]
  return say ? { say } : null
}
