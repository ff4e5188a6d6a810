/**
 * A part of the chaos suite: a kind of misfortune, in as many cases as it takes, and what must hold after each.
 * `test/chaos/partN.ts` exports it as `part`; `npm run test:chaos -- --part N` runs it.
 */

export interface ChaosCase {
  /** Tells this case from every other of its part, and is stable: it is how the case is run alone. */
  name: string
  /** How long it may take before it counts as hung; five minutes where left out. */
  patienceMs?: number
  /** @throws anything, when something was lost or left */
  run(): Promise<void>
}

export interface ChaosPart {
  number: 1 | 2 | 3 | 4 | 5 | 6 | 7
  /** What happens and what must hold, in a few words: a cell of the table. */
  title: string
  /** How many of the cases the short form takes, evenly by a seed. */
  short: number
  /** Called after `open`. */
  cases(): Promise<ChaosCase[]>
  /** Starts what the cases need. @throws Error with a sentence, where this machine cannot run the part */
  open?(): Promise<void>
  /** Ends everything `open` and the cases started, also where a case has failed. Answers the figures for the table. */
  close?(): Promise<string>
}
