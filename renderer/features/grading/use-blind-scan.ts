import { useCallback, useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useOperation } from '../../stores.ts'
import { decoder } from '../viewer/decoder.ts'

export interface BlindScan {
  /** The item's scan; null while it is on its way. The one before is never shown in its place: it would be graded for it. */
  open: OpenScan | null
  progress: number | null
  error: ScansideError | null
  retry: () => void
}

/** Opens an item's scan blind while it is wanted, and closes it afterwards. */
export function useBlindScan(item: string | null): BlindScan {
  const [found, setFound] = useState<{ item: string; open: OpenScan | null; error: ScansideError | null } | null>(null)
  const [operation, setOperation] = useState<string | null>(null)
  const [attempt, setAttempt] = useState(0)
  const progress = useOperation(operation)?.progress ?? null

  useEffect(() => {
    if (item === null || attempt < 0) return
    const id = crypto.randomUUID()
    let gone = false
    let bulk: string | null = null
    setOperation(id)
    setFound({ item, open: null, error: null })
    decoder.warm()
    lab.grading.open({ item, operation: id }).then(
      (open) => {
        bulk = open.bulk
        if (gone) return close(bulk)
        setFound({ item, open, error: null })
      },
      (error: unknown) => {
        if (!gone) setFound({ item, open: null, error: asScansideError(error) })
      },
    )
    return () => {
      gone = true
      if (bulk) close(bulk)
      else void lab.operations.cancel({ operation: id }).catch(() => undefined)
    }
  }, [item, attempt])

  const retry = useCallback(() => setAttempt((n) => n + 1), [])
  const here = found?.item === item ? found : null
  return { open: here?.open ?? null, error: here?.error ?? null, progress, retry }
}

function close(bulk: string): void {
  void lab.scans.close({ bulk }).catch(() => undefined)
}
