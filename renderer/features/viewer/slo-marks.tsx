import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Interval, Verdict } from '../../../oct/results.ts'
import type { OpenScan } from '../../../preload/contract.ts'
import { aScanPoint, type Location, type Point, stretch } from './geometry.ts'
import image from './image.module.css'
import { sloLetters } from './letters.ts'
import { cross, outline, polyline } from './outlines.ts'
import type { Rect } from './view.ts'

interface SloMarksProps {
  open: OpenScan
  slo: NonNullable<OpenScan['scan']['slo']>
  rect: Rect
  index: number
  locations: readonly Location[]
  cursor: number | null
  /** Of every B-scan. */
  intervals: readonly Interval[]
  verdict: Verdict
}

/** mm a fault is drawn beyond a ring, so that the ring itself stays to be seen */
const beyond = 0.16

/** What is drawn over an SLO: where every B-scan lies and is faulty, thin; the current one bright; the A-scan under the pointer; letters; scale. */
export function SloMarks({ open, slo, rect, index, locations, cursor, intervals, verdict }: SloMarksProps) {
  const { t } = useTranslation('viewer')
  const { scan } = open
  const scale = { x: rect.width / (slo.width * slo.spacing.x), y: rect.height / (slo.height * slo.spacing.y) }
  const px = (point: Point) => ({ x: rect.x + point.x * scale.x, y: rect.y + point.y * scale.y })
  const location = locations[index] ?? { kind: 'unknown' as const }
  const width = scan.frames[index]?.width ?? scan.width
  const here = useMemo(() => outline(location), [location])
  const dot = cursor === null ? null : aScanPoint(location, cursor, width, scan.laterality)
  const at = dot && px(dot)
  const millimetre = scale.x

  return (
    <>
      {locations.length > 1 && <Others open={open} rect={rect} slo={slo} locations={locations} intervals={intervals} verdict={verdict} />}
      <svg className={image.over} role="img" aria-label={t(`slo.marks.${location.kind}`, { index: index + 1 })}>
        <g transform={placing(rect, slo)}>
          <path className={image.under} d={here} />
          {intervals
            .filter((one) => one.frame === index)
            .map((one) => (
              <path
                key={`${one.kind}-${one.from}`}
                className={image.interval}
                data-verdict={verdict}
                d={polyline(stretch(location, one.from, one.to, width, scan.laterality, beyond))}
              />
            ))}
          <path className={image.line} d={here} />
          {location.kind === 'ring' && <path className={image.line} d={cross(location.centre, 0.1)} />}
        </g>
        {at && <circle cx={at.x} cy={at.y} r={5} fill="#fff" stroke="#000" strokeWidth={2} />}
        <Letters open={open} rect={rect} location={location} px={px} />
        {millimetre > 20 && (
          <g transform={`translate(${rect.x + 12} ${rect.y + rect.height - 16})`}>
            <path className={image.under} d={`M0-4V4M0 0H${millimetre}M${millimetre}-4V4`} />
            <path className={image.line} d={`M0-4V4M0 0H${millimetre}M${millimetre}-4V4`} />
            <text className={image.letter} data-small x={millimetre + 8}>
              1 mm
            </text>
          </g>
        )}
      </svg>
    </>
  )
}

/** From mm of the SLO to px of the pane. */
function placing(rect: Rect, slo: SloMarksProps['slo']): string {
  return `translate(${rect.x} ${rect.y}) scale(${rect.width / (slo.width * slo.spacing.x)} ${rect.height / (slo.height * slo.spacing.y)})`
}

/** Every B-scan's place and faults, a layer of its own: drawn once, however fast a person steps. The more there are, the lighter, so that the SLO stays to be seen. */
const Others = memo(function Others({ open, rect, slo, locations, intervals, verdict }: Omit<SloMarksProps, 'index' | 'cursor'>) {
  const { scan } = open
  const many = locations.length > 100
  // A fault along a whole volume has hundreds of stretches: one path for all.
  const faults = intervals
    .map(({ frame, from, to }) => {
      const location = locations[frame]
      return location ? polyline(stretch(location, from, to, scan.frames[frame]?.width ?? scan.width, scan.laterality)) : ''
    })
    .join('')
  return (
    <svg className={image.over} data-still aria-hidden="true">
      <g transform={placing(rect, slo)}>
        <path className={image.dim} style={{ opacity: Math.max(0.1, Math.min(0.3, 14 / locations.length)) }} d={locations.map(outline).join('')} />
        {faults !== '' && <path className={image.interval} data-verdict={verdict} data-thin={many ? 'many' : 'few'} d={faults} />}
      </g>
    </svg>
  )
})

/** Around a ring, else at the image's edges; none where the eye is not known. */
function Letters({ open, rect, location, px }: { open: OpenScan; rect: Rect; location: Location; px: (point: Point) => Point }) {
  const letters = sloLetters(open.scan.laterality)
  if (!letters) return null
  const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
  const within = (at: Point) => [
    Math.min(rect.x + rect.width - 12, Math.max(rect.x + 12, at.x)),
    Math.min(rect.y + rect.height - 14, Math.max(rect.y + 14, at.y)),
  ]
  const ring = location.kind === 'ring' ? px(location.centre) : null
  const edge = ring && location.kind === 'ring' ? px({ x: location.centre.x + location.radius, y: location.centre.y }).x - ring.x + 20 : 0
  const place = ring
    ? {
        left: within({ x: ring.x - edge, y: ring.y }),
        right: within({ x: ring.x + edge, y: ring.y }),
        top: within({ x: ring.x, y: ring.y - edge }),
        bottom: within({ x: ring.x, y: ring.y + edge }),
      }
    : {
        left: [rect.x + 14, middle.y],
        right: [rect.x + rect.width - 14, middle.y],
        top: [middle.x, rect.y + 16],
        bottom: [middle.x, rect.y + rect.height - 16],
      }
  return (
    <>
      {(['left', 'right', 'top', 'bottom'] as const).map((side) => (
        <text key={side} className={image.letter} x={place[side][0]} y={place[side][1]} textAnchor="middle">
          {letters[side]}
        </text>
      ))}
    </>
  )
}
