import { useEffect, useState } from 'react'
import type { ScansideError } from '../../../oct/errors.ts'
import type { ScanRef } from '../../../preload/contract.ts'
import type { InboxScan } from '../../../preload/inbox.ts'
import { asScansideError, lab } from '../../lab.ts'

/** How a scan can be opened; its bytes are asked for where they are not at hand. Both null while they come, or while it still arrives. */
export function useLocal({ id, local, state }: InboxScan): { ref: ScanRef | null; error: ScansideError | null } {
  const [fetched, setFetched] = useState<{ of: string; local: string | null; error: ScansideError | null } | null>(null)
  const asked = local === null && state === 'judged'
  useEffect(() => {
    if (!asked) return
    let gone = false
    lab.inbox.fetch({ scan: id }).then(
      (answer) => {
        if (!gone) setFetched({ of: id, local: answer.local, error: null })
      },
      (cause: unknown) => {
        if (!gone) setFetched({ of: id, local: null, error: asScansideError(cause) })
      },
    )
    return () => {
      gone = true
    }
  }, [asked, id])
  const known = fetched?.of === id ? fetched : null
  const at = local ?? known?.local ?? null
  return { ref: at === null ? null : { kind: 'local', local: at }, error: local === null ? (known?.error ?? null) : null }
}
