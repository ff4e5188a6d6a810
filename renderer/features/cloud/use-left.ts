import { useCallback, useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp, useRunSummaries } from '../../stores.ts'
import type { LeftThing } from './left.ts'
import { machinesAtWork } from './standing.ts'

interface Known {
  /** Null until it was looked at. */
  things: LeftThing[] | null
  reading: boolean
  error: ScansideError | null
}

/** What of this desk is in the cloud: looked at anew with every run that comes or goes there, with what is owed, and with `again`. */
export function useLeft(): Known & { again: () => void } {
  const { cloud, counts } = useApp()
  const working = machinesAtWork(useRunSummaries())
  const [known, setKnown] = useState<Known>({ things: null, reading: true, error: null })
  const [asked, setAsked] = useState(0)
  const about = `${cloud.state} ${cloud.name} ${counts.owed} ${working} ${asked}`
  useEffect(() => {
    const aborter = new AbortController()
    void look(about, aborter.signal, setKnown)
    return () => aborter.abort()
  }, [about])
  const again = useCallback(() => setAsked((n) => n + 1), [])
  return { ...known, again }
}

/** `_about` is what makes an effect look again; the answer itself is always the newest. */
async function look(_about: string, signal: AbortSignal, set: (change: (before: Known) => Known) => void): Promise<void> {
  set((before) => ({ ...before, reading: true }))
  try {
    const { things } = await lab.cloud.left()
    if (!signal.aborted) set(() => ({ things, reading: false, error: null }))
  } catch (error) {
    if (!signal.aborted) set((before) => ({ ...before, reading: false, error: asScansideError(error) }))
  }
}
