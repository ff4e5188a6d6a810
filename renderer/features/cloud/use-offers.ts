import { useCallback, useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import type { Offers } from './offers.ts'

interface Known {
  offers: Offers | null
  reading: boolean
  error: ScansideError | null
}

/** What the cloud offers, asked for when it becomes ready and whenever `again` is called. What is known stays while it is asked anew. */
export function useOffers(): Known & { again: () => void } {
  const { state, name } = useApp().cloud
  const [known, setKnown] = useState<Known>({ offers: null, reading: false, error: null })
  const [asked, setAsked] = useState(0)
  const about = `${state} ${name} ${asked}`
  useEffect(() => {
    if (!about.startsWith('ready')) return
    const aborter = new AbortController()
    setKnown((before) => ({ ...before, reading: true, error: null }))
    lab.cloud.offers().then(
      (offers) => aborter.signal.aborted || setKnown({ offers, reading: false, error: null }),
      (error: unknown) => aborter.signal.aborted || setKnown((before) => ({ ...before, reading: false, error: asScansideError(error) })),
    )
    return () => aborter.abort()
  }, [about])
  const again = useCallback(() => setAsked((n) => n + 1), [])
  return { ...known, again }
}
