import { useTranslation } from 'react-i18next'

const strokes = { '>=': 'M2 1.5 9 4.5 2 7.5M2 10h7', '<=': 'M9 1.5 2 4.5 9 7.5M2 10h7' }

/** A threshold as criteria carry it (`>= 15`). The signs are drawn: the packaged cut of Inter lacks them. */
export function Threshold({ text }: { text: string }) {
  const { t } = useTranslation()
  const sign = text.slice(0, 2)
  if (sign !== '>=' && sign !== '<=') return <span>{text}</span>
  return (
    <span>
      <svg
        className="comparison"
        width="11"
        height="11"
        viewBox="0 0 11 11"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.2"
        role="img"
        aria-label={t(sign === '>=' ? 'compare.atLeast' : 'compare.atMost')}
      >
        <path d={strokes[sign]} />
      </svg>
      {` ${text.slice(2).trim()}`}
    </span>
  )
}
