import { Layers, RotateCcw } from 'lucide-react'
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interval, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { asScansideError } from '../../lab.ts'
import { Button } from '../../ui/button.tsx'
import { Segmented } from '../../ui/field.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { BscanMarks } from './bscan-marks.tsx'
import { type BscanView, plainView } from './bscan-view.ts'
import image from './image.module.css'
import { ImageCanvas } from './image-canvas.tsx'
import { wheelSteps } from './stepping.ts'
import type { useFrames } from './use-frames.ts'
import { usePane } from './use-pane.ts'
import { baseSize, held, noZoom, placed, toImage, type Zoom, zoomAt } from './view.ts'
import styles from './viewer.module.css'
import { dragWindow, plainWindow, type WindowLevel } from './window-level.ts'

interface BscanPaneProps {
  open: OpenScan
  index: number
  frames: ReturnType<typeof useFrames>
  /** The A-scan under the pointer. */
  cursor: number | null
  intervals: readonly Interval[]
  verdict: Verdict
  layersOn: boolean
  onLayers: (on: boolean) => void
  onStep: (delta: number) => void
  onCursor: (aScan: number | null) => void
  /** Scale, zoom and contrast where somebody else holds them too: panes that are linked, a picture to be saved. */
  view?: BscanView
  onView?: (view: BscanView) => void
}

type Drag = { kind: 'pan' | 'level'; x: number; y: number; zoom: Zoom; level: WindowLevel }

/** One B-scan with its layer lines: the wheel steps, Ctrl and wheel zooms, a drag moves what is zoomed, a right drag changes the contrast. */
export function BscanPane({ open, index, frames, cursor, intervals, verdict, layersOn, onLayers, onStep, onCursor, view, onView }: BscanPaneProps) {
  const { t } = useTranslation('viewer')
  const { scan } = open
  const { ref, pane, density } = usePane()
  const { at, shown, retry } = frames
  const [own, setOwn] = useState(plainView)
  const { mode, zoom, level } = view ?? own
  // Kept beside the state: several turns of the wheel may come before the next drawing.
  const latest = useRef({ mode, zoom, level })
  latest.current = { mode, zoom, level }
  const change = (part: Partial<BscanView>) => {
    latest.current = { ...latest.current, ...part }
    if (!view) setOwn(latest.current)
    onView?.(latest.current)
  }
  const drag = useRef<Drag | null>(null)

  const base = useMemo(() => baseSize(mode, scan, pane, { x: scan.spacing.lateral, y: scan.spacing.axial }, density), [mode, scan, pane, density])
  const rect = useMemo(() => placed(base, pane, held(base, pane, zoom)), [base, pane, zoom])
  const grey = useMemo(() => (shown ? { width: scan.width, height: scan.height, pixels: shown.frame.pixels } : null), [shown, scan])
  useWheel(ref, onStep, (by, point) => change({ zoom: zoomAt(base, pane, latest.current.zoom, by, point) }))

  const place = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const press = (event: PointerEvent) => {
    if (event.button !== 0 && event.button !== 2) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { kind: event.button === 0 ? 'pan' : 'level', ...place(event), zoom: held(base, pane, zoom), level }
  }
  const move = (event: PointerEvent) => {
    const now = place(event)
    const from = drag.current
    if (from?.kind === 'level') change({ level: dragWindow(from.level, now.x - from.x, now.y - from.y) })
    if (from?.kind === 'pan') {
      change({ zoom: held(base, pane, { ...from.zoom, x: from.zoom.x + now.x - from.x, y: from.zoom.y + now.y - from.y }) })
    }
    const pixel = toImage(rect, scan, now)
    const within = pixel.x >= 0 && pixel.x < scan.width && pixel.y >= 0 && pixel.y < scan.height
    onCursor(within ? Math.floor(pixel.x) : null)
  }
  const reset = () => change({ zoom: noZoom, level: plainWindow })
  const changed = zoom.factor !== 1 || level !== plainWindow

  return (
    <section className={styles.bscan} data-alone={scan.frames.length === 1 || undefined} aria-label={t('bscan.region')}>
      <div className={styles.tools}>
        <b className="strong">{t('bscan.title')}</b>
        <span className="faint small">{t('bscan.count', { index: index + 1, count: scan.frames.length })}</span>
        {at.state === 'loading' && <Spinner />}
        <span className="grow" />
        {changed && (
          <Button kind="quiet" icon={RotateCcw} keys={['0']} onClick={reset}>
            {t('bscan.reset')}
          </Button>
        )}
        <Button icon={Layers} keys={['L']} aria-pressed={layersOn} onClick={() => onLayers(!layersOn)}>
          {t('bscan.layers')}
        </Button>
        <Segmented
          label={t('bscan.scale')}
          value={mode}
          onChange={(value) => change({ mode: value, zoom: noZoom })}
          choices={[
            { value: 'pixels', label: '1:1 px' },
            { value: 'micrometres', label: '1:1 µm' },
            { value: 'fit', label: t('bscan.fit') },
          ]}
        />
      </div>
      <div
        ref={ref}
        role="application"
        aria-label={t('bscan.image', { index: index + 1 })}
        className={image.well}
        data-zoomed={zoom.factor > 1 || undefined}
        style={scan.frames.length === 1 ? { aspectRatio: `${scan.width} / ${scan.height}` } : undefined}
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={() => {
          drag.current = null
        }}
        onPointerLeave={() => onCursor(null)}
        onContextMenu={(event) => event.preventDefault()}
      >
        <ImageCanvas image={grey} pane={pane} rect={rect} level={level} density={density} label={t('bscan.image', { index: index + 1 })} />
        {shown && (
          <BscanMarks
            open={open}
            index={shown.index}
            layers={shown.frame.layers ?? []}
            rect={rect}
            pane={pane}
            cursor={cursor}
            intervals={shown.index === index ? intervals : []}
            verdict={verdict}
            layersOn={layersOn}
          />
        )}
        {shown?.frame.layers === null && layersOn && <p className={styles.readout}>{t('bscan.noLayers')}</p>}
        {at.state === 'failed' && (
          <div className={image.message} role="alert">
            <p>{asScansideError(at.error).message}</p>
            <Button onClick={retry}>{t('bscan.retry')}</Button>
          </div>
        )}
      </div>
      <ResetKey onReset={reset} />
    </section>
  )
}

/** `0` puts zoom and contrast back. */
function ResetKey({ onReset }: { onReset: () => void }) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches('input, select, textarea')
      if (event.key === '0' && !event.ctrlKey && !event.metaKey && !event.altKey && !typing) onReset()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [onReset])
  return null
}

/** The wheel over a pane. Bound by hand: only a listener that is not passive may keep the page from scrolling or zooming. */
function useWheel(
  ref: { current: HTMLElement | null },
  onStep: (delta: number) => void,
  onZoom: (by: number, at: { x: number; y: number }) => void,
): void {
  const handlers = useRef({ onStep, onZoom })
  handlers.current = { onStep, onZoom }
  useEffect(() => {
    const element = ref.current
    if (!element) return
    let rest = 0
    const turn = (event: WheelEvent) => {
      event.preventDefault()
      if (event.ctrlKey) {
        const box = element.getBoundingClientRect()
        handlers.current.onZoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, { x: event.clientX - box.left, y: event.clientY - box.top })
        return
      }
      const next = wheelSteps(rest, event)
      rest = next.rest
      if (next.steps !== 0) handlers.current.onStep(next.steps)
    }
    element.addEventListener('wheel', turn, { passive: false })
    return () => element.removeEventListener('wheel', turn)
  }, [ref])
}
