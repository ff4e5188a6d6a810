import { Layers, RotateCcw, Ruler } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '../../ui/button.tsx'
import { Segmented } from '../../ui/field.tsx'
import { Spinner } from '../../ui/progress.tsx'
import type { BscanView } from './bscan-view.ts'
import { Contrast, isPlain } from './contrast.tsx'
import { type LayerChoice, withAll } from './layer-choice.ts'
import type { LayerToken } from './layer-colours.ts'
import { LayerMenu } from './layer-menu.tsx'
import { noZoom, type ScaleMode } from './view.ts'
import styles from './viewer.module.css'

interface BscanToolsProps {
  index: number
  count: number
  loading: boolean
  names: readonly string[]
  colours: ReadonlyMap<string, LayerToken>
  layers: LayerChoice
  onLayers: (choice: LayerChoice) => void
  view: BscanView
  onView: (view: BscanView) => void
  onReset: () => void
  /** Whether the file says how large a pixel is. */
  scaled: boolean
  measuring: boolean
  onMeasure: () => void
}

/** The row above a B-scan: which one it is, its layers, calipers, contrast and scale. */
export function BscanTools(props: BscanToolsProps) {
  const { index, count, loading, names, colours, layers, onLayers, view, onView, onReset, scaled, measuring, onMeasure } = props
  const { t } = useTranslation('viewer')
  const why = useId()
  const scales: { value: ScaleMode; label: string }[] = [
    { value: 'pixels', label: '1:1 px' },
    ...(scaled ? [{ value: 'micrometres' as const, label: '1:1 µm' }] : []),
    { value: 'fit', label: t('bscan.fit') },
  ]
  return (
    <div className={styles.tools}>
      <b className="strong">{t('bscan.title')}</b>
      <span className="faint small">{t('bscan.count', { index: index + 1, count })}</span>
      {loading && <Spinner />}
      <span className="grow" />
      {(view.zoom.factor !== 1 || !isPlain(view.level)) && (
        <IconButton label={t('bscan.reset')} aria-keyshortcuts="R" title={`${t('bscan.reset')} (R)`} icon={RotateCcw} onClick={onReset} />
      )}
      <span className={styles.joined}>
        <Button
          icon={Layers}
          keys={['L']}
          aria-pressed={layers.on && names.length > 0}
          disabled={names.length === 0}
          onClick={() => onLayers(withAll(layers))}
        >
          {t('bscan.layers')}
        </Button>
        <LayerMenu names={names} colours={colours} choice={layers} onChoice={onLayers} />
      </span>
      <IconButton
        label={t('caliper.tool')}
        title={scaled ? `${t('caliper.tool')} (M)` : t('caliper.noScale')}
        aria-keyshortcuts="M"
        icon={Ruler}
        aria-pressed={measuring}
        aria-disabled={!scaled || undefined}
        aria-describedby={scaled ? undefined : why}
        onClick={onMeasure}
      />
      {!scaled && (
        <span id={why} hidden>
          {t('caliper.noScale')}
        </span>
      )}
      <Contrast label={t('contrast.bscan')} level={view.level} onLevel={(level) => onView({ ...view, level })} />
      <Segmented
        label={t('bscan.scale')}
        value={scaled || view.mode !== 'micrometres' ? view.mode : 'fit'}
        onChange={(mode) => onView({ ...view, mode, zoom: noZoom })}
        choices={scales}
      />
    </div>
  )
}
