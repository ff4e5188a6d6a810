import { ChevronsDownUp, ChevronsUpDown, Info } from 'lucide-react'
import { memo, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../preload/contract.ts'
import { IconButton } from '../../ui/button.tsx'
import { formatMoment } from '../../ui/format.ts'
import { layoutOf } from './acquisition-facts.ts'
import styles from './panel.module.css'

interface AcquisitionProps {
  open: OpenScan
  index: number
  /** Leaves out when it was taken: it is not to be known, which is another thing than not known. */
  blind?: boolean
}

/** How the scan was taken: what a reader looks up before trusting a measurement. What must be known beside the pictures comes first. */
export const Acquisition = memo(function Acquisition({ open, index, blind = false }: AcquisitionProps) {
  const { t, i18n } = useTranslation('viewer')
  const { scan } = open
  const [whole, setWhole] = useState(false)
  const formats = useMemo(() => [0, 1, 2].map((digits) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: digits })), [i18n.language])
  const number = (value: number, digits: 0 | 1 | 2) => formats[digits]?.format(value) ?? ''
  const known = (value: number | null | undefined, say: (value: number) => string) => (value == null ? t('facts.notKnown') : say(value))
  const { width, height, mixed, extent, scaling, between, radius, length } = layoutOf(scan, index)
  const frame = scan.frames[index]
  const count = scan.frames.length

  const rows: [string, string | null][] = [
    [t('facts.device'), scan.device || t('facts.notKnown')],
    [t('facts.acquired'), blind ? null : scan.acquiredAt ? formatMoment(scan.acquiredAt, i18n.language) : t('facts.notKnown')],
    ['Q', known(frame?.quality, (value) => `${number(value, 1)} dB`)],
    ['ART', known(frame?.art ?? scan.art, (value) => number(value, 0))],
    [t('facts.eye'), t(`eye.${scan.laterality}`)],
    [t('facts.pattern'), scan.pattern === 'unknown' ? t('facts.notKnown') : t(`pattern.${scan.pattern}`)],
    [t('facts.bscans'), String(count)],
    [t('facts.ring'), radius === null ? null : t('facts.ringSize', { radius: number(radius, 2), diameter: number(radius * 2, 2) })],
    [t('facts.length'), length === null ? null : `${number(length, 2)} mm`],
    [t('facts.between'), count > 1 && radius === null ? known(between, (value) => `${number(value, 0)} µm`) : null],
    [t('facts.size'), `${width} × ${height} px${mixed ? ` (${t('facts.mixed')})` : ''}`],
    [t('facts.extent'), extent ? `${number(extent.width, 2)} × ${number(extent.height, 2)} mm` : t('facts.notKnown')],
    [t('facts.scaling'), scaling ? `${number(scaling.lateral, 2)} × ${number(scaling.axial, 2)} µm/px` : t('facts.notKnown')],
    [t('facts.field'), scan.field ? `${number(scan.field.width, 1)}° × ${number(scan.field.height, 1)}°` : t('facts.notKnown')],
    [t('facts.mode'), scan.resolution === null ? t('facts.notKnown') : t(`facts.resolution.${scan.resolution}`)],
    ['EDI', scan.edi === null ? t('facts.notKnown') : t(scan.edi ? 'facts.yes' : 'facts.no')],
    [t('facts.focus'), known(scan.focus, (value) => t('facts.dioptres', { value: number(value, 2) }))],
    [t('facts.axialLength'), known(scan.axialLength, (value) => `${number(value, 2)} mm`)],
    [t('facts.format'), t(`facts.formats.${scan.format}`)],
    [t('facts.version'), scan.formatVersion || t('facts.notKnown')],
  ]

  return (
    <section className={styles.acquisition} data-whole={whole || undefined} data-scrolls aria-label={t('facts.title')}>
      {scan.remarks.length > 0 && (
        <ul className={styles.remarks} aria-label={t('facts.remarks')}>
          {scan.remarks.map((remark) => (
            <li key={remark}>
              <Info className="icon" size={14} aria-hidden />
              <span>{t(`remark.${remark}`)}</span>
            </li>
          ))}
        </ul>
      )}
      <header>
        <h2 className="label">{t('facts.title')}</h2>
        {scan.slo && (
          <IconButton
            label={t(whole ? 'facts.less' : 'facts.all')}
            icon={whole ? ChevronsDownUp : ChevronsUpDown}
            aria-expanded={whole}
            onClick={() => setWhole(!whole)}
          />
        )}
      </header>
      <dl className={styles.facts}>
        {rows.map(
          ([name, value]) =>
            value !== null && (
              <div key={name} className="fact-pair">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  )
})
