import { Hourglass } from 'lucide-react'
import type { Verdict } from '../../../oct/results.ts'
import { VerdictMark } from '../../ui/verdict.tsx'

/** The shape of a slot or a scan; an hourglass while its word is not known to the person. */
export function Mark({ mark, size = 12 }: { mark: Verdict | 'none' | 'wait'; size?: number }) {
  if (mark === 'wait') return <Hourglass className="icon soft" size={size} aria-hidden />
  return <VerdictMark verdict={mark} size={size} />
}
