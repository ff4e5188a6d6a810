/** The grader's word: open beside the machine's, and blind in batches. The one door to this folder. */
import { ScansideError } from '../../oct/errors.ts'
import type { Handlers } from '../../preload/contract.ts'
import type { gradingMethods } from '../../preload/grading.ts'

export interface GradingRoom {
  handlers: Pick<Handlers, keyof typeof gradingMethods | 'grading.open'>
}

/** Builds the room. */
export function createGrading(): GradingRoom {
  const later = () => {
    throw new ScansideError('not-supported', 'Grading is not set up at this desk yet.')
  }
  return {
    handlers: {
      'grading.ofScan': later,
      'grading.word': later,
      'grading.batches': later,
      'grading.create': later,
      'grading.next': later,
      'grading.open': later,
      'grading.save': later,
      'grading.agreement': later,
      'grading.disagreements': later,
      'grading.adjudicate': later,
    },
  }
}
