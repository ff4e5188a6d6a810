/** Words on scans of an archive go home to it, before any result does: people's time cannot be had again. */
import type { NewItem, Outbox } from '../outbox/outbox.ts'
import type { Lab } from '../store/lab.ts'
import type { GradingHome, Homeward } from '../store/lab-grading.ts'

export interface HomewardOptions {
  lab: Pick<Lab, 'gradings' | 'chain' | 'readOnly'>
  outbox: Pick<Outbox, 'put' | 'has' | 'keeps'>
  /** Whether this archive is the demo lab, which ends with the window. */
  isDemo(archive: string): boolean
  /** What a person here calls a session; empty where this desk has not listed it. */
  title(home: GradingHome): string
  now(): Date
  /** Told that something was packed. */
  packed(): void
  report(error: unknown): void
}

/** `scanside-grading/1/<grading id>/grading.json` */
export const gradingName = (id: string): string => `scanside-grading/1/${id}/grading.json`

/** The file: graders by their ids, the scan by its id in the session and its digest. */
export const gradingFile = ({ home, word }: Homeward): Uint8Array => {
  const { id, at, letters, overall, note, batch } = word.record
  const common = { schema: 'scanside-grading/1', id, kind: word.kind, at, scan: home.scan, letters, overall, note, batch }
  const { record, kind } = word
  const file =
    kind === 'grading'
      ? { ...common, grader: record.grader, digest: record.digest, saw: record.saw, repeat: record.repeat }
      : { ...common, grader: record.by }
  return new TextEncoder().encode(`${JSON.stringify(file, null, 2)}\n`)
}

/** Answers how to pack what waits; call it after each word, and at start. */
export const createHomeward = ({ lab, outbox, isDemo, title, now, packed, report }: HomewardOptions): (() => Promise<void>) => {
  const settle = (id: string, state: 'read-back' | 'let-go', what: string) => {
    lab.gradings.settleHome(id, state)
    lab.chain.audit(now().toISOString(), 'this desk', `grading ${id} ${what}`, null)
  }
  const idOf = (name: string): string => name.split('/')[2] ?? ''
  outbox.keeps('grading', {
    home: ({ name }) => {
      if (lab.gradings.homeward().some(({ word }) => word.record.id === idOf(name))) settle(idOf(name), 'read-back', 'sent home and read back')
      return true
    },
    letGo: ({ name }, choice) => settle(idOf(name), 'let-go', choice === 'keep-theirs' ? 'not sent: the archive’s file was kept' : 'let go unsent'),
    waits: () => undefined,
  })
  const itemOf = (one: Homeward): NewItem => {
    const { id, at } = one.word.record
    const { archive, scan: _scan, ...session } = one.home
    return {
      id,
      kind: 'grading',
      createdAt: at,
      content: { archive, session, name: gradingName(id), run: null, title: title(one.home), machine: false },
      bytes: gradingFile(one),
      demo: isDemo(archive),
    }
  }
  // The demo lab of an earlier life is gone, and its sessions with it.
  if (!lab.readOnly) {
    for (const { home, word } of lab.gradings.homeward()) if (isDemo(home.archive)) lab.gradings.settleHome(word.record.id, 'let-go')
  }
  return async () => {
    if (lab.readOnly) return
    try {
      for (const one of lab.gradings.homeward()) {
        if (!outbox.has(one.word.record.id)) await outbox.put(itemOf(one))
      }
      packed()
    } catch (error) {
      // They are in the records, and packed at the next start.
      report(error)
    }
  }
}
