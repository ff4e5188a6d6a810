import { useCallback, useEffect, useRef, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { OpenScan, ScanRef } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useOperation } from '../../stores.ts'
import { decoder } from './decoder.ts'
import { sameScan } from './flip.ts'

/** An open scan and what it was opened by. */
export interface Opened {
  ref: ScanRef
  open: OpenScan
}

export interface Opening {
  /** The scan to be seen: the last that was opened, also while another is on its way. */
  shown: Opened | null
  /** How far the wanted one has come; null once it is shown or has failed. */
  coming: { progress: number | null; message: string } | null
  error: ScansideError | null
  retry: () => void
}

/**
 * Opens a scan while the page wants it and closes it afterwards, also when it was still on its way. The last one stays open and shown until
 * the next is there, so that flipping through scans blinks nothing.
 */
export function useOpenScan(ref: ScanRef | null): Opening {
  const [shown, setShown] = useState<Opened | null>(null)
  const [wanted, setWanted] = useState<{ id: string; error: ScansideError | null } | null>(null)
  const [attempt, setAttempt] = useState(0)
  const operation = useOperation(wanted?.id ?? null)
  const current = useRef<Opened | null>(null)
  // Plain text, so that the same scan named by another object is not opened again.
  const wish = ref && JSON.stringify({ ref, attempt })

  useEffect(() => {
    if (wish === null) {
      current.current = null
      setShown(null)
      setWanted(null)
      return
    }
    const { ref: wantedRef } = JSON.parse(wish) as { ref: ScanRef }
    if (current.current && sameScan(current.current.ref, wantedRef)) {
      setWanted(null)
      return
    }
    const id = crypto.randomUUID()
    let gone = false
    let answered = false
    setWanted({ id, error: null })
    decoder.warm()
    lab.scans.open({ ref: wantedRef, operation: id }).then(
      (open) => {
        answered = true
        if (gone) return close(open.bulk)
        current.current = { ref: wantedRef, open }
        setShown(current.current)
        setWanted(null)
      },
      (error: unknown) => {
        answered = true
        if (!gone) setWanted({ id, error: asScansideError(error) })
      },
    )
    return () => {
      gone = true
      if (!answered) void lab.operations.cancel({ operation: id }).catch(() => undefined)
    }
  }, [wish])

  // Runs once the next one is on the screen: nothing of the old is read any more.
  useEffect(() => {
    if (shown) return () => close(shown.open.bulk)
  }, [shown])

  const retry = useCallback(() => setAttempt((n) => n + 1), [])
  const error = wanted?.error ?? null
  const coming = wanted && !error ? { progress: operation?.progress ?? null, message: operation?.message ?? '' } : null
  return { shown, coming, error, retry }
}

function close(bulk: string): void {
  void lab.scans.close({ bulk }).catch(() => undefined)
}
