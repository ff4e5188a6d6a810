import { useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { OpenScan, ScanRef } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useOperation } from '../../stores.ts'

export type Opening =
  | { state: 'opening'; progress: number | null; message: string }
  | { state: 'failed'; error: ScansideError }
  | { state: 'open'; open: OpenScan }

/**
 * Opens a scan while the page shows it and closes it afterwards, also when it was still on its way. `ref` must stay the same object
 * for the same scan.
 */
export function useOpenScan(ref: ScanRef): Opening {
  const [result, setResult] = useState<{ open: OpenScan } | { error: ScansideError } | null>(null)
  const [id] = useState(() => crypto.randomUUID())
  const operation = useOperation(id)

  useEffect(() => {
    let gone = false
    let bulk: string | null = null
    const close = (address: string) => void lab.scans.close({ bulk: address }).catch(() => undefined)
    setResult(null)
    lab.scans.open({ ref, operation: id }).then(
      (open) => {
        if (gone) return close(open.bulk)
        bulk = open.bulk
        setResult({ open })
      },
      (error: unknown) => {
        if (!gone) setResult({ error: asScansideError(error) })
      },
    )
    return () => {
      gone = true
      if (bulk) close(bulk)
      else void lab.operations.cancel({ operation: id }).catch(() => undefined)
    }
  }, [ref, id])

  if (result === null) {
    return {
      state: 'opening',
      progress: operation?.progress ?? null,
      message: operation?.message ?? '',
    }
  }
  return 'error' in result ? { state: 'failed', error: result.error } : { state: 'open', open: result.open }
}
