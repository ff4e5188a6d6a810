import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Laterality } from '../geometry.ts'
import styles from './figures.module.css'
import { type RingMeans, sectorSpans } from './sectors.ts'
import { Wheel, type WheelField } from './wheel.tsx'

/** The six sectors of a ring as they lie on the SLO, with the mean of the whole in the middle; its place is kept while they are read. */
export const RingFigure = memo(function RingFigure({ means, laterality }: { means: RingMeans | null; laterality: Laterality }) {
  const { t, i18n } = useTranslation('viewer')
  if (!means) return <figure className={styles.round} />
  const percent = (part: number) => new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(Math.floor(part * 100) / 100)
  const said = (name: string, mean: number | null, measured: number) => {
    if (mean === null) return t('detail.grid.tooLittle', { name, part: percent(measured) })
    const value = Math.round(mean)
    return measured < 0.995 ? t('detail.grid.partly', { name, value, part: percent(measured) }) : t('detail.grid.sector', { name, value })
  }
  const shown = (mean: number | null) => (mean === null ? '–' : String(Math.round(mean)))
  const global: WheelField = {
    name: 'G',
    value: shown(means.global),
    title: said('G', means.global, means.measured),
    from: 0,
    to: 2 * Math.PI,
    inner: 0,
    outer: 0.42,
  }
  const fields = means.sectors.map(({ name, mean, measured }): WheelField => {
    // Temporal is left in a right eye: degrees from there over superior run clockwise on the screen; in a left eye the other way round.
    const [low, high] = sectorSpans[name]
    const from = laterality === 'OD' ? 180 + low : -high
    const rad = (degrees: number) => (degrees / 180) * Math.PI
    return { name, value: shown(mean), title: said(name, mean, measured), from: rad(from), to: rad(from + high - low), inner: 0.42, outer: 1 }
  })
  const partly = means.sectors.filter(({ measured }) => measured < 0.995).map(({ name, measured }) => `${name} ${percent(measured)}`)
  return (
    <figure className={styles.round}>
      <Wheel fields={[...fields, global]} label={[...fields, global].map(({ title }) => title).join(', ')} />
      <figcaption className="faint small">
        {t('detail.profile.caption')}
        {partly.length > 0 && (
          <>
            <br />
            {t('detail.grid.only', { list: partly.join(', ') })}
          </>
        )}
      </figcaption>
    </figure>
  )
})
