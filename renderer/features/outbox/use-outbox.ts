import { useCallback, useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { OutboxItem } from '../../../preload/outbox.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp, useMirror } from '../../stores.ts'

interface Known {
  /** Null while it is read the first time. */
  items: OutboxItem[] | null
  total: number
  error: ScansideError | null
}

/** A reason may change while the counts do not: it is looked for so often, ms. */
const pace = 5_000

/** What waits, read again with everything main pushes about it and every few seconds, and whenever `again` is called. */
export function useOutbox(): Known & { again: () => void } {
  const [known, setKnown] = useState<Known>({ items: null, total: 0, error: null })
  const [asked, setAsked] = useState(0)
  const { outbox, counts, session } = useApp()
  const runs = useMirror((state) => state.runs?.rev ?? 0)
  const version = [asked, outbox.waiting, outbox.blocked, counts.waiting, session.state, runs].join(' ')
  useEffect(() => {
    const aborter = new AbortController()
    void readOutbox(version, aborter.signal, setKnown)
    return () => aborter.abort()
  }, [version])
  const again = useCallback(() => setAsked((n) => n + 1), [])
  useEffect(() => {
    const timer = setInterval(again, pace)
    return () => clearInterval(timer)
  }, [again])
  return { ...known, again }
}

/** `_version` is what makes an effect read again; the answer itself is always the newest. */
async function readOutbox(_version: string, signal: AbortSignal, set: (change: (before: Known) => Known) => void): Promise<void> {
  try {
    const { items, total } = await lab.outbox.list()
    if (!signal.aborted) set(() => ({ items, total, error: null }))
  } catch (error) {
    if (!signal.aborted) set((before) => ({ ...before, error: asScansideError(error) }))
  }
}
