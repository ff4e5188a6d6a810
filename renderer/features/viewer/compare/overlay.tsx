import { RotateCcw } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../../preload/contract.ts'
import { Button } from '../../../ui/button.tsx'
import { Spinner } from '../../../ui/progress.tsx'
import image from '../image.module.css'
import { cross, outline } from '../outlines.ts'
import type { GreyImage } from '../painter.ts'
import { usePane } from '../use-pane.ts'
import { useSlo } from '../use-slo.ts'
import { baseSize, noZoom, placed } from '../view.ts'
import styles from './compare.module.css'
import { bothScaled, centreOffset, inDirections, middleOf } from './placement.ts'
import { useRegistration } from './use-registration.ts'

interface OverlayProps {
  a: OpenScan
  b: OpenScan
  indexA: number
  indexB: number
}

const still = { x: 0, y: 0 }

/** B's SLO over A's: found by the machine, moved by hand, faded from one to the other; the B-scans of both drawn where they lie on A. */
export function Overlay({ a, b, indexA, indexB }: OverlayProps) {
  const { t, i18n } = useTranslation('viewer')
  const { ref, pane, density } = usePane()
  const sloA = useSlo(a)
  const sloB = useSlo(b)
  const found = useRegistration(a, b, sloA.grey, sloB.grey)
  const [blend, setBlend] = useState(50)
  /** By hand, added to what was found; mm, px where there is no scale. */
  const [nudge, setNudge] = useState(still)
  const drag = useRef<{ x: number; y: number; from: typeof still } | null>(null)
  const first = a.scan.slo
  const second = b.scan.slo
  const rect = useMemo(() => placed(baseSize('fit', first ?? pane, pane, { x: 1, y: 1 }, density), pane, noZoom), [first, pane, density])
  if (!first || !second) return null

  const scaled = bothScaled(first, second)
  const unit = (slo: typeof first) => (scaled ? slo.spacing : { x: 1, y: 1 })
  const perUnit = rect.width / (first.width * unit(first).x)
  // What is not the same place is not laid over as if it were.
  const base = found?.aligned ? found : { shift: still, turn: 0 }
  const placement = { shift: { x: base.shift.x + nudge.x, y: base.shift.y + nudge.y }, turn: base.turn }
  const middleA = middleOf(first, scaled)
  const middleB = middleOf(second, scaled)
  const byHand = nudge.x !== 0 || nudge.y !== 0
  const onRetina = `translate(${rect.x} ${rect.y}) scale(${perUnit})`
  const ofB = `translate(${middleA.x + placement.shift.x} ${middleA.y + placement.shift.y}) rotate(${placement.turn}) translate(${-middleB.x} ${-middleB.y})`
  const size = { width: second.width * unit(second).x * perUnit, height: second.height * unit(second).y * perUnit }
  // A ring and a line were never meant to have one centre.
  const comparable = a.scan.pattern === b.scan.pattern && a.scan.pattern !== 'unknown'
  const offset = comparable && (found?.aligned || byHand) ? centreOffset(a.scan, b.scan, placement) : null

  const step = unit(first).x
  const key = (event: KeyboardEvent) => {
    const by = event.shiftKey ? 10 * step : step
    const move = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key]
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    setNudge((now) => ({ x: now.x + (move[0] ?? 0), y: now.y + (move[1] ?? 0) }))
  }
  const pull = (event: PointerEvent) => {
    const from = drag.current
    if (from) setNudge({ x: from.from.x + (event.clientX - from.x) / perUnit, y: from.from.y + (event.clientY - from.y) / perUnit })
  }
  const number = (value: number, digits: number) =>
    new Intl.NumberFormat(i18n.language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
  const length = (value: number) => (scaled ? `${number(value, 2)} mm` : `${number(value, 0)} px`)
  const directions = offset ? inDirections(offset, a.scan.laterality, 0.005) : []

  return (
    <section className={styles.overlay} aria-label={t('compare.overlay')}>
      <div
        ref={ref}
        className={image.well}
        role="application"
        aria-label={t('compare.overlayImage')}
        tabIndex={found ? 0 : undefined}
        data-moves
        onKeyDown={key}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          drag.current = { x: event.clientX, y: event.clientY, from: nudge }
        }}
        onPointerMove={pull}
        onPointerUp={() => {
          drag.current = null
        }}
      >
        <Grey grey={sloA.grey} style={{ left: rect.x, top: rect.y, width: rect.width, height: rect.height }} />
        {(found || byHand) && (
          <Grey
            grey={sloB.grey}
            style={{
              left: rect.x + (middleA.x + placement.shift.x) * perUnit - size.width / 2,
              top: rect.y + (middleA.y + placement.shift.y) * perUnit - size.height / 2,
              ...size,
              transform: `rotate(${placement.turn}deg)`,
              opacity: blend / 100,
            }}
          />
        )}
        {scaled && sloA.grey && (
          <svg className={image.over} aria-hidden="true">
            <g transform={onRetina}>
              <Lines open={a} index={indexA} />
              {found && (
                <g transform={ofB} data-letter="B" className={styles.linesB}>
                  <Lines open={b} index={indexB} />
                </g>
              )}
            </g>
          </svg>
        )}
      </div>
      <div className={styles.controls} data-scrolls>
        <div className={styles.blend}>
          <label htmlFor="compare-blend">{t('compare.blend')}</label>
          <div>
            <Button aria-pressed={blend === 0} onClick={() => setBlend(0)}>
              A
            </Button>
            <input
              autoComplete="off"
              id="compare-blend"
              type="range"
              min={0}
              max={100}
              value={blend}
              aria-valuetext={t('compare.blendSaid', { b: blend, a: 100 - blend })}
              onChange={(event) => setBlend(Number(event.target.value))}
            />
            <Button aria-pressed={blend === 100} onClick={() => setBlend(100)}>
              B
            </Button>
          </div>
        </div>
        <div role="status" className={styles.found}>
          {found === null ? (
            <p className="soft">
              <Spinner /> {t('compare.looking')}
            </p>
          ) : (
            <p className={found.aligned || byHand ? 'strong' : styles.apart}>
              {t(byHand ? 'compare.byHand' : found.aligned ? 'compare.aligned' : 'compare.notAligned')}
            </p>
          )}
          {found && <p className="faint small">{t('compare.likeness', { value: number(found.likeness, 2) })}</p>}
        </div>
        {found && (
          <dl className={styles.offsets}>
            {offset && (
              <div>
                <dt>{t('compare.centres')}</dt>
                <dd>
                  <b>{length(Math.hypot(offset.x, offset.y))}</b>
                  {directions.length > 0 && (
                    <span className="faint small">
                      {t('compare.bLies', { where: directions.map((one) => `${length(one.length)} ${one.letter}`).join(', ') })}
                    </span>
                  )}
                </dd>
              </div>
            )}
            {(found.aligned || byHand) && (
              <div>
                <dt>{t('compare.shift')}</dt>
                <dd>
                  {length(Math.hypot(placement.shift.x, placement.shift.y))}
                  <span className="faint small">{t('compare.turn', { value: number(placement.turn, 1) })}</span>
                </dd>
              </div>
            )}
          </dl>
        )}
        <span className="grow" />
        <p className="faint small">{t('compare.moveHint')}</p>
        <Button icon={RotateCcw} disabled={!byHand} onClick={() => setNudge(still)}>
          {t('compare.asFound')}
        </Button>
      </div>
    </section>
  )
}

function Lines({ open, index }: { open: OpenScan; index: number }) {
  const locations = open.scan.frames.map((frame) => frame.location)
  const here = locations[index] ?? { kind: 'unknown' as const }
  return (
    <>
      {locations.length > 1 && (
        <path className={image.dim} style={{ opacity: Math.max(0.1, Math.min(0.3, 14 / locations.length)) }} d={locations.map(outline).join('')} />
      )}
      <path className={image.under} d={outline(here)} />
      <path className={image.line} d={outline(here)} />
      {here.kind === 'ring' && <path className={image.line} d={cross(here.centre, 0.1)} />}
    </>
  )
}

/** A grey picture as an element that can be faded, shifted and turned without being drawn again. */
function Grey({ grey, style }: { grey: GreyImage | null; style: React.CSSProperties }) {
  const ref = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = ref.current?.getContext('2d')
    if (!context || !grey) return
    const data = new ImageData(grey.width, grey.height)
    const words = new Uint32Array(data.data.buffer)
    for (const [i, value] of grey.pixels.entries()) words[i] = 0xff000000 | (value * 0x010101)
    context.putImageData(data, 0, 0)
  }, [grey])
  return <canvas ref={ref} className={styles.grey} width={grey?.width ?? 1} height={grey?.height ?? 1} style={style} hidden={!grey} />
}
