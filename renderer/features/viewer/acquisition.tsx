import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../preload/contract.ts'
import { formatMoment } from '../../ui/format.ts'
import styles from './panel.module.css'

/** How the scan was taken: what a reader looks up before trusting a measurement. */
export function Acquisition({ open, index }: { open: OpenScan; index: number }) {
  const { t, i18n } = useTranslation('viewer')
  const { scan } = open
  const quality = scan.frames[index]?.quality
  const number = (value: number, digits: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: digits }).format(value)
  const unknown = t('facts.notKnown')
  const scaled = scan.spacing.lateral > 0 && scan.spacing.axial > 0
  const rows: [string, string][] = [
    [t('facts.device'), scan.device || unknown],
    [t('facts.acquired'), scan.acquiredAt ? formatMoment(scan.acquiredAt, i18n.language) : unknown],
    [t('facts.size'), `${scan.frames.length} × ${scan.width} × ${scan.height} px`],
    [t('facts.extent'), scaled ? `${number(scan.width * scan.spacing.lateral, 2)} × ${number(scan.height * scan.spacing.axial, 2)} mm` : unknown],
    [t('facts.scaling'), scaled ? `${number(scan.spacing.lateral * 1000, 2)} × ${number(scan.spacing.axial * 1000, 2)} µm/px` : unknown],
  ]
  if (scan.spacing.between > 0) rows.push([t('facts.between'), `${number(scan.spacing.between * 1000, 0)} µm`])
  rows.push(['Q', quality == null ? unknown : `${number(quality, 1)} dB`], [t('facts.format'), `${scan.format} ${scan.formatVersion}`])
  return (
    <section className={styles.acquisition} aria-label={t('facts.title')}>
      <h2 className="label">{t('facts.title')}</h2>
      <dl className={styles.facts}>
        {rows.map(([name, value]) => (
          <div key={name} className="fact-pair">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
