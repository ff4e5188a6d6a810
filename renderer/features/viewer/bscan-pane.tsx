import { type PointerEvent, type KeyboardEvent as ReactKeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interval, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { asScansideError } from '../../lab.ts'
import { Button } from '../../ui/button.tsx'
import { BscanMarks } from './bscan-marks.tsx'
import { BscanTools } from './bscan-tools.tsx'
import { type BscanView, plainView } from './bscan-view.ts'
import { CaliperMarks } from './caliper-marks.tsx'
import { type CaliperEnd, kept, moved, noCalipers, removed, set, setInMiddle } from './calipers.ts'
import { frameSpacing } from './geometry.ts'
import image from './image.module.css'
import { ImageCanvas } from './image-canvas.tsx'
import { viewerKey } from './keys.ts'
import { type LayerChoice, layerNames } from './layer-choice.ts'
import { layerColours } from './layer-colours.ts'
import { type Seen, seenPart } from './snapshot/picture.ts'
import type { useFrames } from './use-frames.ts'
import { useKeys } from './use-keys.ts'
import { usePane } from './use-pane.ts'
import { useWheel } from './use-wheel.ts'
import { baseSize, filled, held, placed, toImage, type Zoom, zoomAt } from './view.ts'
import styles from './viewer.module.css'
import { dragWindow, type WindowLevel } from './window-level.ts'

interface BscanPaneProps {
  open: OpenScan
  index: number
  frames: ReturnType<typeof useFrames>
  /** The A-scan under the pointer. */
  cursor: number | null
  intervals: readonly Interval[]
  verdict: Verdict
  layers: LayerChoice
  onLayers: (choice: LayerChoice) => void
  view: BscanView
  onView: (view: BscanView) => void
  onStep: (delta: number) => void
  onCursor: (aScan: number | null) => void
  /** Is told what is in sight, for a picture to be saved. */
  seen?: RefObject<Seen | null>
}

type Drag = { x: number; y: number } & (
  | { kind: 'pan'; zoom: Zoom }
  | { kind: 'level'; level: WindowLevel }
  | { kind: 'caliper'; id: number; end: CaliperEnd; fresh: boolean }
)

/** px of the B-scan a drag must be long to be a measurement */
const leastCaliper = 3

/** One B-scan with its layer lines: the wheel steps, Ctrl and wheel zooms, a drag moves what is zoomed, a right drag changes the contrast. */
export function BscanPane(props: BscanPaneProps) {
  const { open, index, frames, cursor, intervals, verdict, layers, onLayers, view, onView, onStep, onCursor } = props
  const { t } = useTranslation('viewer')
  const { scan } = open
  const { ref, pane, density } = usePane()
  const { at, shown, retry } = frames
  const [tool, setTool] = useState(false)
  const [calipers, setCalipers] = useState(noCalipers)
  const drag = useRef<Drag | null>(null)

  // While the next B-scan is read the last one stays, in its own size.
  const seen = shown?.index ?? index
  const size = useMemo(() => ({ width: scan.frames[seen]?.width ?? scan.width, height: scan.frames[seen]?.height ?? scan.height }), [scan, seen])
  const spacing = useMemo(() => frameSpacing(scan, seen), [scan, seen])
  const scaled = spacing.lateral > 0 && spacing.axial > 0
  const names = useMemo(() => layerNames(scan.frames), [scan])
  const colours = useMemo(() => layerColours(names), [names])
  const base = useMemo(
    () => baseSize(view.mode, size, pane, { x: spacing.lateral, y: spacing.axial }, density),
    [view.mode, size, spacing, pane, density],
  )
  const rect = useMemo(() => placed(base, pane, held(base, pane, view.zoom)), [base, pane, view.zoom])
  const grey = shown?.frame ?? null
  const measuring = tool && scaled && view.mode === 'micrometres'
  const here = calipers.all.filter((one) => one.frame === seen)
  useEffect(() => {
    if (props.seen) props.seen.current = { ...seenPart(rect, pane, size), calipers: measuring ? here : [] }
  })
  useWheel(ref, onStep, (by, point) => onView({ ...view, zoom: zoomAt(base, pane, view.zoom, by, point) }))

  const measureOn = () => {
    setTool(scaled ? !measuring : !tool)
    if (!scaled || measuring || view.mode === 'micrometres') return
    // In true aspect a B-scan is a narrow band: as high as the pane it can be measured, around what was in the middle.
    const middle = toImage(rect, size, { x: pane.width / 2, y: pane.height / 2 })
    const next = baseSize('micrometres', size, pane, { x: spacing.lateral, y: spacing.axial }, density)
    onView({ ...view, mode: 'micrometres', zoom: filled(next, pane, { x: middle.x / size.width, y: middle.y / size.height }) })
  }
  const reset = () => onView({ ...plainView, mode: view.mode })
  useKeys((event) => {
    const key = viewerKey(event)
    if (key?.does === 'reset') reset()
    else if (key?.does === 'calipers') measureOn()
    else if (key?.does === 'remove' && measuring) setCalipers(removed(calipers, seen))
    else return false
    return true
  })

  const place = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const press = (event: PointerEvent) => {
    if (event.button > 2) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const point = place(event)
    if (event.button === 2) drag.current = { kind: 'level', ...point, level: view.level }
    else if (!measuring || event.button === 1) drag.current = { kind: 'pan', ...point, zoom: held(base, pane, view.zoom) }
    else {
      const grip = event.target instanceof Element ? event.target.closest<SVGElement>('[data-end]') : null
      if (grip) drag.current = { kind: 'caliper', ...point, id: Number(grip.dataset.caliper), end: grip.dataset.end as CaliperEnd, fresh: false }
      else {
        const from = toImage(rect, size, point)
        if (from.x < 0 || from.x > size.width || from.y < 0 || from.y > size.height) return
        const next = set(calipers, seen, size, from, from)
        setCalipers(next)
        drag.current = { kind: 'caliper', ...point, id: next.given, end: 'to', fresh: true }
      }
    }
  }
  const move = (event: PointerEvent) => {
    const now = place(event)
    const from = drag.current
    const pixel = toImage(rect, size, now)
    if (from?.kind === 'level') onView({ ...view, level: dragWindow(from.level, now.x - from.x, now.y - from.y) })
    if (from?.kind === 'pan')
      onView({ ...view, zoom: held(base, pane, { ...from.zoom, x: from.zoom.x + now.x - from.x, y: from.zoom.y + now.y - from.y }) })
    if (from?.kind === 'caliper') setCalipers((all) => moved(all, from.id, from.end, pixel, size))
    const within = pixel.x >= 0 && pixel.x < size.width && pixel.y >= 0 && pixel.y < size.height
    onCursor(within ? Math.floor(pixel.x) : null)
  }
  const release = () => {
    const from = drag.current
    if (from?.kind === 'caliper' && from.fresh) setCalipers((all) => kept(all, from.id, leastCaliper))
    drag.current = null
  }
  const key = (event: ReactKeyboardEvent) => {
    if (event.key !== 'Enter' || event.target !== event.currentTarget) return
    event.preventDefault()
    setCalipers(setInMiddle(calipers, seen, size))
  }

  return (
    <section className={styles.bscan} aria-label={t('bscan.region')}>
      <BscanTools
        index={index}
        count={scan.frames.length}
        loading={at.state === 'loading'}
        names={names}
        colours={colours}
        layers={layers}
        onLayers={onLayers}
        view={view}
        onView={onView}
        onReset={reset}
        scaled={scaled}
        measuring={measuring}
        onMeasure={measureOn}
      />
      <div
        ref={ref}
        role="application"
        aria-label={t('bscan.image', { index: index + 1 })}
        className={image.well}
        data-zoomed={view.zoom.factor > 1 || undefined}
        data-measuring={measuring || undefined}
        tabIndex={measuring ? 0 : undefined}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={release}
        onPointerCancel={release}
        onPointerLeave={() => onCursor(null)}
        onDoubleClick={measuring ? undefined : reset}
        onKeyDown={measuring ? key : undefined}
        onContextMenu={(event) => event.preventDefault()}
      >
        <ImageCanvas image={grey} pane={pane} rect={rect} level={view.level} density={density} label={t('bscan.image', { index: index + 1 })} />
        {shown && (
          <BscanMarks
            open={open}
            index={shown.index}
            size={size}
            spacing={spacing}
            layers={shown.frame.layers ?? []}
            colours={colours}
            choice={layers}
            rect={rect}
            pane={pane}
            cursor={cursor}
            intervals={shown.index === index ? intervals : []}
            verdict={verdict}
            onLight={view.level.lut !== 'grey'}
          />
        )}
        {shown && measuring && (
          <CaliperMarks
            calipers={here}
            selected={calipers.selected}
            size={size}
            spacing={spacing}
            rect={rect}
            pane={pane}
            onSelect={(id) => setCalipers((all) => ({ ...all, selected: id }))}
            onMove={(id, end, to) => setCalipers((all) => moved(all, id, end, to, size))}
          />
        )}
        {tool && !scaled && (
          <p className={image.hint} role="status">
            {t('caliper.noScale')}
          </p>
        )}
        {measuring && here.length === 0 && <p className={image.hint}>{t('caliper.hint')}</p>}
        {shown?.frame.layers === null && layers.on && <p className={image.hint}>{t('bscan.noLayers')}</p>}
        {at.state === 'failed' && (
          <div className={image.message} role="alert">
            <p>{asScansideError(at.error).message}</p>
            <Button onClick={retry}>{t('bscan.retry')}</Button>
          </div>
        )}
      </div>
    </section>
  )
}
