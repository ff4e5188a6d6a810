import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../../preload/contract.ts'
import type { Point } from '../geometry.ts'
import { useSlo } from '../use-slo.ts'
import { type Between, nameOfBetween, thicknesses } from './boundaries.ts'
import { useDetail } from './detail-state.ts'
import { etdrsGrid } from './etdrs.ts'
import { EtdrsFigures } from './etdrs-figures.tsx'
import { EtdrsHandle, EtdrsLines } from './etdrs-overlay.tsx'
import { type Field, fieldLines, middleOf, sampleField, scanAt, valueAt } from './field.ts'
import { FieldView } from './field-view.tsx'
import styles from './figures.module.css'
import { Legend } from './legend.tsx'
import { MapControls } from './map-controls.tsx'
import { automaticRange, paintMap, retinaRange } from './scale.ts'
import type { Boundaries } from './use-boundaries.ts'

interface MapTabProps {
  open: OpenScan
  field: Field
  between: Between
  boundaries: Boundaries
  index: number
  cursor: number | null
  onPick: (frame: number, aScan: number) => void
}

/** The thickness between two boundaries over the SLO, with the ETDRS grid and its nine means. A neutral scale, no norms. */
export function MapTab({ open, field, between, boundaries, index, cursor, onPick }: MapTabProps) {
  const { t } = useTranslation('viewer')
  const { scan } = open
  const { opacity, fixed } = useDetail()
  const { grey } = useSlo(open)
  const home = useMemo(() => gridHome(scan), [scan])
  const [moved, setMoved] = useState<Point | null>(null)
  const [pointed, setPointed] = useState<Point | null>(null)
  const centre = moved ?? home.centre
  const upper = boundaries.of(between.upper)
  const lower = boundaries.of(between.lower)
  const values = useMemo(
    () => (upper && lower ? sampleField(field, thicknesses(upper, lower, scan.spacing.axial), 'linear') : null),
    [field, upper, lower, scan],
  )
  const retina = nameOfBetween(between) === 'retina'
  const range = useMemo(() => ((retina && fixed) || !values ? retinaRange : automaticRange(values)), [retina, fixed, values])
  const pixels = useMemo(() => values && paintMap(values, range), [values, range])
  const grid = useMemo(() => (values ? etdrsGrid(field, values, centre) : null), [field, values, centre])
  const move = useCallback(
    (to: Point) => {
      const held = (at: number, from: number, size: number) => Math.min(from + size * field.step, Math.max(from, at))
      setMoved({ x: held(to.x, field.origin.x, field.width), y: held(to.y, field.origin.y, field.height) })
    },
    [field],
  )
  const back = useCallback(() => setMoved(null), [])
  const pick = (point: Point) => {
    const found = scanAt(field, point)
    if (found) onPick(found.frame, found.aScan)
  }
  const here = values && pointed ? valueAt(field, values, pointed) : null
  const what = t(`detail.of.${nameOfBetween(between) ?? 'other'}`, { ...between })

  return (
    <div className={styles.figures}>
      <FieldView
        open={open}
        field={field}
        pixels={pixels}
        slo={grey}
        opacity={opacity}
        sloOpacity={1}
        smooth
        index={index}
        cursor={cursor}
        label={t('detail.map.label', { what, from: range.from, to: range.to })}
        onPick={pick}
        onPoint={setPointed}
        over={(placing) => <EtdrsLines centre={centre} placing={placing} />}
        beside={(placing) => (
          <>
            <EtdrsHandle centre={centre} placing={placing} onMove={move} />
            {here !== null && <p className={styles.reading}>{`${Math.round(here)} µm`}</p>}
          </>
        )}
      />
      <Legend range={range} />
      {grid ? (
        <EtdrsFigures scan={scan} grid={grid} device={home.device} retina={retina} moved={moved !== null} />
      ) : (
        <figure className={styles.round} />
      )}
      <MapControls retina={retina} gap={field.gap} device={home.device !== null} moved={moved !== null} onBack={back} />
    </div>
  )
}

/** Where the grid begins: at the device's own, else in the middle of the scanned area. */
function gridHome(scan: OpenScan['scan']): { centre: Point; device: OpenScan['scan']['grids'][number] | null } {
  const device = scan.grids.find(({ kind }) => kind === 'circular') ?? null
  return { centre: device?.centre ?? middleOf(fieldLines(scan)) ?? { x: 0, y: 0 }, device }
}
