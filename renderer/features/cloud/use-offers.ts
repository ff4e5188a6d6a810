import { useCallback, useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp, useRunSummaries } from '../../stores.ts'
import type { Offers } from './offers.ts'
import { machinesAtWork } from './standing.ts'

interface Known {
  offers: Offers | null
  reading: boolean
  error: ScansideError | null
}

/**
 * What the cloud offers, asked for when it becomes ready, with every machine of this desk that comes or goes (the limits are asked along with it),
 * and whenever `again` is called. What is known stays while it is asked anew.
 */
export function useOffers(): Known & { again: () => void } {
  const { state, name } = useApp().cloud
  const [known, setKnown] = useState<Known>({ offers: null, reading: false, error: null })
  const [asked, setAsked] = useState(0)
  const working = machinesAtWork(useRunSummaries())
  const about = `${name} ${working} ${asked}`
  useEffect(() => {
    if (state !== 'ready') return
    const aborter = new AbortController()
    void ask(about, aborter.signal, setKnown)
    return () => aborter.abort()
  }, [state, about])
  const again = useCallback(() => setAsked((n) => n + 1), [])
  return { ...known, again }
}

/** `_about` is what makes an effect ask again; the answer itself is always the newest. */
async function ask(_about: string, signal: AbortSignal, set: (change: (before: Known) => Known) => void): Promise<void> {
  set((before) => ({ ...before, reading: true, error: null }))
  try {
    const offers = await lab.cloud.offers()
    if (!signal.aborted) set(() => ({ offers, reading: false, error: null }))
  } catch (error) {
    if (!signal.aborted) set((before) => ({ ...before, reading: false, error: asScansideError(error) }))
  }
}
