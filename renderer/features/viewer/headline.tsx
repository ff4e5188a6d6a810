import { ChevronRight } from 'lucide-react'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../preload/contract.ts'
import { formatMoment } from '../../ui/format.ts'
import styles from './viewer.module.css'

/** Which scan this is, and how it was taken, in one line. */
export function Headline({ open }: { open: OpenScan }) {
  const { t, i18n } = useTranslation('viewer')
  const { scan, title } = open
  const number = (value: number, digits: number) =>
    new Intl.NumberFormat(i18n.language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
  const crumbs = (['subject', 'session', 'scan'] as const).flatMap((part) => (title[part] === '' ? [] : [{ part, label: title[part] }]))
  const first = scan.frames[0]
  const facts = [
    scan.acquiredAt && formatMoment(scan.acquiredAt, i18n.language),
    `${scan.width} × ${scan.height} px`,
    first?.location.kind === 'ring' && t('radius', { value: number(first.location.radius, 2) }),
    scan.focus !== null && t('focus', { value: number(scan.focus, 2) }),
    scan.frames.length === 1 && first?.quality != null && `Q ${number(first.quality, 1)} dB`,
  ].filter((fact) => typeof fact === 'string')
  return (
    <>
      <h1 className={styles.crumbs}>
        {crumbs.map(({ part, label }) => (
          <Fragment key={part}>
            <span className={part === 'subject' ? 'strong' : 'soft'}>{label}</span>
            <ChevronRight className="icon faint" size={14} aria-hidden />
          </Fragment>
        ))}
        <span className="strong">{`${t(`pattern.${scan.pattern}`)}, ${t(`eye.${scan.laterality}`)}`}</span>
      </h1>
      <ul className={styles.headFacts}>
        {facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
    </>
  )
}
