import { memo, type PointerEvent, type ReactNode, useEffect, useMemo, useRef } from 'react'
import type { OpenScan } from '../../../../preload/contract.ts'
import type { Point } from '../geometry.ts'
import image from '../image.module.css'
import { sloLetters } from '../letters.ts'
import type { GreyImage } from '../painter.ts'
import { usePane } from '../use-pane.ts'
import { type Field, pointOn } from './field.ts'
import styles from './figures.module.css'

/** How mm of the SLO frame lie in the view, CSS px. */
export interface Placing {
  /** CSS px per mm */
  scale: number
  toPx: (point: Point) => Point
  toMm: (point: Point) => Point
}

interface FieldViewProps {
  open: OpenScan
  field: Field
  /** RGBA per cell of the field. */
  pixels: Uint8ClampedArray<ArrayBuffer> | null
  slo: GreyImage | null
  opacity: number
  /** 0..1 of the SLO below it */
  sloOpacity: number
  /** Between cells: smooth for a map, as they are for a picture. */
  smooth: boolean
  index: number
  cursor: number | null
  label: string
  onPick: (point: Point) => void
  /** The point under the pointer, mm; null once it has left. */
  onPoint?: (point: Point | null) => void
  /** What lies over it, as SVG. */
  over?: (placing: Placing) => ReactNode
  /** What lies over it and is not SVG. */
  beside?: (placing: Placing) => ReactNode
}

/** The scanned area in true mm, as it lies on the SLO: superior on top. The B-scan shown is a line in it; a click or drag goes to another. */
export function FieldView({
  open,
  field,
  pixels,
  slo,
  opacity,
  sloOpacity,
  smooth,
  index,
  cursor,
  label,
  onPick,
  onPoint,
  over,
  beside,
}: FieldViewProps) {
  const { scan } = open
  const { ref, pane, density } = usePane()
  const canvas = useRef<HTMLCanvasElement>(null)
  const placing = useMemo(() => placingOf(field, pane.width, pane.height), [field, pane])
  const background = useMemo(() => stored(slo && { width: slo.width, height: slo.height, rgba: greys(slo.pixels) }), [slo])
  const map = useMemo(() => stored(pixels && { width: field.width, height: field.height, rgba: pixels }), [pixels, field])

  useEffect(() => {
    const context = canvas.current?.getContext('2d', { alpha: false })
    if (!canvas.current || !context || pane.width === 0) return
    canvas.current.width = Math.round(pane.width * density)
    canvas.current.height = Math.round(pane.height * density)
    context.scale(density, density)
    const draw = (from: HTMLCanvasElement | null, corner: Point, width: number, height: number) => {
      const at = placing.toPx(corner)
      if (from) context.drawImage(from, at.x, at.y, width * placing.scale, height * placing.scale)
    }
    context.globalAlpha = sloOpacity
    if (scan.slo) draw(background, { x: 0, y: 0 }, scan.slo.width * scan.slo.spacing.x, scan.slo.height * scan.slo.spacing.y)
    context.globalAlpha = opacity
    context.imageSmoothingEnabled = smooth
    draw(map, field.origin, field.width * field.step, field.height * field.step)
  }, [scan, field, placing, pane, density, background, map, opacity, sloOpacity, smooth])

  const pointOf = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return placing.toMm({ x: event.clientX - box.left, y: event.clientY - box.top })
  }
  return (
    <div
      ref={ref}
      className={`${image.well} ${styles.view}`}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        onPick(pointOf(event))
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) onPick(pointOf(event))
        onPoint?.(pointOf(event))
      }}
      onPointerLeave={() => onPoint?.(null)}
    >
      <canvas ref={canvas} className={styles.canvas} role="img" aria-label={label} />
      {pane.width > 0 && (
        <>
          <svg className={image.over} aria-hidden="true">
            {over?.(placing)}
            <Here open={open} index={index} cursor={cursor} placing={placing} />
            <Edges open={open} field={field} placing={placing} width={pane.width} height={pane.height} />
          </svg>
          {beside?.(placing)}
        </>
      )}
    </div>
  )
}

/** The B-scan shown, and the A-scan under the pointer. */
function Here({ open, index, cursor, placing }: { open: OpenScan; index: number; cursor: number | null; placing: Placing }) {
  const location = open.scan.frames[index]?.location
  const dot = cursor === null ? null : pointOn(open.scan, index, cursor)
  const at = dot && placing.toPx(dot)
  if (location?.kind !== 'line') return null
  const start = placing.toPx(location.start)
  const end = placing.toPx(location.end)
  const d = `M${start.x} ${start.y}L${end.x} ${end.y}`
  return (
    <>
      <path className={image.under} d={d} />
      <path className={image.line} d={d} />
      {at && <circle cx={at.x} cy={at.y} r={4} fill="#fff" stroke="#000" strokeWidth={1.5} />}
    </>
  )
}

interface EdgesProps {
  open: OpenScan
  field: Field
  placing: Placing
  width: number
  height: number
}

/** Letters at the edges where the eye is known, and a millimetre. */
const Edges = memo(function Edges({ open, field, placing, width, height }: EdgesProps) {
  const letters = sloLetters(open.scan.laterality)
  const millimetre = placing.scale
  const first = placing.toPx(field.origin)
  const last = placing.toPx({ x: field.origin.x + field.width * field.step, y: field.origin.y + field.height * field.step })
  const bar = `M12 ${height - 10}v-4v8v-4h${millimetre}v-4v8`
  return (
    <>
      {letters &&
        (
          [
            [letters.left, Math.max(12, first.x - 14), height / 2],
            [letters.right, Math.min(width - 12, last.x + 14), height / 2],
            [letters.top, width / 2, Math.max(12, first.y - 14)],
            [letters.bottom, width / 2, Math.min(height - 12, last.y + 14)],
          ] as const
        ).map(([text, x, y]) => (
          <text key={text} className={image.letter} x={x} y={y} textAnchor="middle">
            {text}
          </text>
        ))}
      <path className={image.under} d={bar} />
      <path className={image.line} d={bar} />
      <text className={image.letter} data-small x={12 + millimetre + 8} y={height - 11}>
        1 mm
      </text>
    </>
  )
})

/** The whole field in the view with a narrow margin. */
function placingOf(field: Field, width: number, height: number): Placing {
  const across = field.width * field.step
  const down = field.height * field.step
  const scale = Math.max(1e-6, Math.min(width / across, height / down) * 0.96)
  const left = (width - across * scale) / 2 - field.origin.x * scale
  const top = (height - down * scale) / 2 - field.origin.y * scale
  return {
    scale,
    toPx: ({ x, y }) => ({ x: left + x * scale, y: top + y * scale }),
    toMm: ({ x, y }) => ({ x: (x - left) / scale, y: (y - top) / scale }),
  }
}

function greys(pixels: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(pixels.length * 4)
  for (const [i, value] of pixels.entries()) {
    rgba[i * 4] = value
    rgba[i * 4 + 1] = value
    rgba[i * 4 + 2] = value
    rgba[i * 4 + 3] = 255
  }
  return rgba
}

/** A picture as a canvas of its own size, to be drawn at any. */
function stored(picture: { width: number; height: number; rgba: Uint8ClampedArray<ArrayBuffer> } | null): HTMLCanvasElement | null {
  if (!picture || picture.width === 0 || picture.height === 0) return null
  const canvas = document.createElement('canvas')
  canvas.width = picture.width
  canvas.height = picture.height
  canvas.getContext('2d')?.putImageData(new ImageData(picture.rgba, picture.width, picture.height), 0, 0)
  return canvas
}
