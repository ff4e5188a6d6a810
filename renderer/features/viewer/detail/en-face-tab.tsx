import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../../preload/contract.ts'
import { Segmented, Select } from '../../../ui/field.tsx'
import { Progress } from '../../../ui/progress.tsx'
import { useSlo } from '../use-slo.ts'
import { type Projection, type Slab, type SlabName, slabsOf, stretched } from './en-face.ts'
import { type Field, sampleField, scanAt } from './field.ts'
import { FieldView } from './field-view.tsx'
import styles from './figures.module.css'
import { Offset } from './offset.tsx'
import { ReferenceView } from './reference-view.tsx'
import { paintGreys } from './scale.ts'
import { useBoundaries } from './use-boundaries.ts'
import { type DecodedFrames, useEnFace } from './use-en-face.ts'

interface EnFaceTabProps {
  open: OpenScan
  /** Null where the scan spans no area: its pictures are values alone. */
  field: Field | null
  names: readonly string[]
  frames: DecodedFrames | null
  index: number
  cursor: number | null
  onPick: (frame: number, aScan: number) => void
}

/** A volume seen from the front: a slab of it, or a picture the file carries beside the SLO. */
export function EnFaceTab({ open, field, names, frames, index, cursor, onPick }: EnFaceTabProps) {
  const { t } = useTranslation('viewer')
  const { pictures } = open.scan
  const [chosen, setChosen] = useState(field ? 'projection' : '0')
  const picture = pictures[Number(chosen)]
  const options = useMemo(() => pictures.map(({ label }, i) => ({ value: String(i), label })), [pictures])
  const choice = pictures.length > 0 && (
    <Select aria-label={t('detail.enFace.picture')} value={chosen} onChange={setChosen}>
      {field && <option value="projection">{t('detail.enFace.projection')}</option>}
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  )
  if (picture) return <ReferenceView key={chosen} open={open} picture={Number(chosen)} index={index} onPick={onPick} choice={choice} />
  return field ? (
    <ProjectionView open={open} field={field} names={names} frames={frames} index={index} cursor={cursor} onPick={onPick} choice={choice} />
  ) : null
}

function ProjectionView({ open, field, names, frames, index, cursor, onPick, choice }: EnFaceTabProps & { field: Field; choice: ReactNode }) {
  const { t } = useTranslation('viewer')
  const { scan } = open
  const { grey } = useSlo(open)
  const slabs = useMemo(() => slabsOf(names), [names])
  const [name, setName] = useState<SlabName>('whole')
  const [slab, setSlab] = useState<Slab | null>(null)
  const [projection, setProjection] = useState<Projection>('mean')
  const read = useMemo(() => (slab ? [...new Set([slab.upper, slab.lower])] : []), [slab])
  const boundaries = useBoundaries(open, read)
  const upper = slab ? boundaries.of(slab.upper) : null
  const lower = slab ? boundaries.of(slab.lower) : null
  const { values, done } = useEnFace(scan, frames, slab, upper, lower, projection)
  const total = scan.frames.length
  const pixels = useMemo(() => (values.length > 0 ? paintGreys(stretched(sampleField(field, values, 'nearest'))) : null), [field, values])

  return (
    <div className={styles.figures}>
      <FieldView
        open={open}
        field={field}
        pixels={pixels}
        slo={grey}
        opacity={1}
        sloOpacity={0.4}
        smooth={false}
        index={index}
        cursor={cursor}
        label={t('detail.enFace.label', { what: t(`detail.enFace.slabs.${name}`) })}
        onPick={(point) => {
          const found = scanAt(field, point)
          if (found) onPick(found.frame, found.aScan)
        }}
      />
      <div className={styles.side} data-wide>
        {choice}
        <Select
          aria-label={t('detail.enFace.slab')}
          value={name}
          onChange={(value) => {
            const next = slabs.find((one) => one.name === value)
            if (!next) return
            setName(next.name)
            setSlab(next.slab)
          }}
        >
          {slabs.map((one) => (
            <option key={one.name} value={one.name}>
              {t(`detail.enFace.slabs.${one.name}`)}
            </option>
          ))}
        </Select>
        {slab && (
          <div className={styles.offsets}>
            <Offset label={t('detail.enFace.above')} boundary={slab.upper} value={slab.above} onChange={(above) => setSlab({ ...slab, above })} />
            <Offset label={t('detail.enFace.below')} boundary={slab.lower} value={slab.below} onChange={(below) => setSlab({ ...slab, below })} />
          </div>
        )}
        <Segmented
          label={t('detail.enFace.how')}
          value={projection}
          onChange={setProjection}
          choices={[
            { value: 'mean', label: t('detail.enFace.mean') },
            { value: 'maximum', label: t('detail.enFace.maximum') },
          ]}
        />
        {boundaries.error ? (
          <p className="small" role="alert">
            {boundaries.error.message}
          </p>
        ) : (
          done < total && (
            <div className={styles.progress} role="status">
              <Progress value={done / total} label={t('detail.tab.enFace')} />
              <span className="soft small">{t('detail.enFace.progress', { done, total })}</span>
            </div>
          )
        )}
        <p className="faint small">{t('detail.enFace.said')}</p>
      </div>
    </div>
  )
}
