import { useTranslation } from 'react-i18next'
import type { Verdict } from '../../oct/results.ts'

/** A verdict's shape in its colour; `none` is what was not judged: a dash. Never shown without words nearby. */
export function VerdictMark({ verdict, size = 12 }: { verdict: Verdict | 'none'; size?: number }) {
  return (
    <svg className="verdict" data-verdict={verdict} width={size} height={size} viewBox="0 0 14 14" fill="currentColor" aria-hidden="true">
      {shapes[verdict]}
    </svg>
  )
}

const shapes = {
  usable: <circle cx="7" cy="7" r="6" />,
  ambiguous: <path d="M7 1 13.5 13H.5Z" />,
  unusable: (
    <path
      fillRule="evenodd"
      d="M2 1h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H2a1 1 0 0 1-1-1V2a1 1 0 0 1 1-1Zm2.8 2.7L3.7 4.8 5.9 7 3.7 9.2l1.1 1.1L7 8.1l2.2 2.2 1.1-1.1L8.1 7l2.2-2.2-1.1-1.1L7 5.9Z"
    />
  ),
  unknown: <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="2" />,
  none: <rect x="3" y="6" width="8" height="2" />,
}

/** The shape with its word beside it. */
export function VerdictWord({ verdict }: { verdict: Verdict | null }) {
  const { t } = useTranslation()
  return (
    <span className="verdict-word">
      <VerdictMark verdict={verdict ?? 'unknown'} />
      {t(`verdict.${verdict ?? 'none'}`)}
    </span>
  )
}
