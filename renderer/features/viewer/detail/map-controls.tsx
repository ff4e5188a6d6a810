import { RotateCcw } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { Segmented } from '../../../ui/field.tsx'
import { useDetail } from './detail-state.ts'
import styles from './figures.module.css'

interface MapControlsProps {
  /** Whether it is the whole retina: only that has a fixed scale. */
  retina: boolean
  /** mm: the widest gap between B-scans */
  gap: number
  /** Whether the device had a grid of its own. */
  device: boolean
  moved: boolean
  onBack: () => void
}

/** How the map is shown, and what a reader must know of it. */
export const MapControls = memo(function MapControls({ retina, gap, device, moved, onBack }: MapControlsProps) {
  const { t, i18n } = useTranslation('viewer')
  const { opacity, fixed } = useDetail()
  const number = (value: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 2 }).format(value)
  return (
    <div className={styles.side}>
      <label className={styles.slider}>
        <span className="soft small">{t('detail.map.opacity')}</span>
        <input
          autoComplete="off"
          type="range"
          min={0}
          max={100}
          step={5}
          value={Math.round(opacity * 100)}
          onChange={(event) => useDetail.setState({ opacity: Number(event.target.value) / 100 })}
        />
      </label>
      {retina && (
        <Segmented
          label={t('detail.map.scale')}
          value={fixed ? 'fixed' : 'automatic'}
          onChange={(value) => useDetail.setState({ fixed: value === 'fixed' })}
          choices={[
            { value: 'fixed', label: t('detail.map.fixed') },
            { value: 'automatic', label: t('detail.map.automatic') },
          ]}
        />
      )}
      <Button kind="quiet" icon={RotateCcw} disabled={!moved} onClick={onBack}>
        {t('detail.grid.back')}
      </Button>
      <p className="faint small">
        {t(retina && fixed ? 'detail.map.fixedSaid' : 'detail.map.automaticSaid')} {t('detail.map.gap', { gap: number(gap) })}{' '}
        {t(device ? 'detail.grid.atDevice' : 'detail.grid.atMiddle')}
      </p>
    </div>
  )
})
