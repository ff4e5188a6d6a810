/** Which protocol of the profile a scan is meant to be, and where it departs from it. */
import type { FrameInfo, Scan } from '../scan.ts'
import { median, round } from './numbers.ts'
import type { Profile, Protocol } from './profile.ts'

/** One demand a scan does not meet, or, where the file does not carry what is asked, one that cannot be told. A part of a sentence. */
export interface Departure {
  known: boolean
  what: string
}

/**
 * The protocol with the scan's pattern, device and eye; of several, the one it departs from least, the first of equals. Null where none fits.
 * Among protocols of one pattern sizes choose, where they are known; a wrong size alone never makes a scan another kind of scan.
 */
export function protocolFor(profile: Profile, scan: Scan | Pick<Scan, 'pattern' | 'laterality' | 'device'>): Protocol | null {
  const { pattern, laterality, device } = scan
  let best: { protocol: Protocol; count: number } | null = null
  for (const protocol of profile.protocols) {
    const fits =
      (protocol.patterns as string[]).includes(pattern) &&
      (laterality === 'unknown' || protocol.eyes.includes(laterality)) &&
      (protocol.device === undefined || device.startsWith(protocol.device))
    if (!fits) continue
    const count = 'frames' in scan ? departures(protocol, scan).filter((each) => each.known).length : 0
    if (!best || count < best.count) best = { protocol, count }
  }
  return best?.protocol ?? null
}

/** Everything in which the scan is not as the protocol wants it, or cannot be told to be. */
export function departures(protocol: Protocol, scan: Scan): Departure[] {
  const found: Departure[] = []
  const held = (name: string, unit: string, value: number | null, wanted: { min: number; max: number } | undefined) => {
    if (!wanted) return
    const range = wanted.min === wanted.max ? `${wanted.min}` : `${wanted.min} to ${wanted.max}`
    if (value === null || !Number.isFinite(value)) found.push({ known: false, what: `the file does not tell the ${name} (asked: ${range}${unit})` })
    else if (value < wanted.min || value > wanted.max) found.push({ known: true, what: `${name} is ${value}${unit} instead of ${range}${unit}` })
  }
  const lengths = scan.frames.map((frame) => lengthOf(frame, scan))
  held('number of B-scans', '', scan.frames.length, protocol.frames)
  held('number of averaged B-scans (ART)', '', artOf(scan), protocol.art)
  held('length of the B-scans', ' mm', rounded(middle(lengths)), protocol.length)
  held('breadth of the pattern', ' mm', rounded(breadthOf(scan)), protocol.breadth)
  held('radius of the ring', ' mm', rounded(ringRadiusOf(scan)), protocol.ringRadius)
  held('number of A-scans per B-scan', '', scan.width, protocol.aScans)
  if (protocol.resolution !== undefined && scan.resolution === undefined) {
    found.push({ known: false, what: `the file does not tell the resolution (asked: ${protocol.resolution})` })
  } else if (protocol.resolution !== undefined && scan.resolution !== protocol.resolution) {
    found.push({ known: true, what: `resolution is ${scan.resolution} instead of ${protocol.resolution}` })
  }
  return found
}

const rounded = (value: number | null): number | null => (value === null ? null : round(value))

const middle = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((each) => each !== null)
  return known.length === values.length ? median(known) : null
}

/** The least number of averaged B-scans; null where a B-scan's is not known. */
function artOf({ art, frames }: Scan): number | null {
  if (art !== undefined) return art
  const known = frames.flatMap((frame) => (frame.art === undefined ? [] : [frame.art]))
  return known.length > 0 && known.length === frames.length ? Math.min(...known) : null
}

/** mm: of a ring its circumference; null where neither its place nor its spacing is known. */
function lengthOf({ location, width }: FrameInfo, { spacing }: Scan): number | null {
  if (location.kind === 'line') return Math.hypot(location.end.x - location.start.x, location.end.y - location.start.y)
  if (location.kind === 'ring') return 2 * Math.PI * location.radius
  return spacing.lateral > 0 ? width * spacing.lateral : null
}

/** mm: from the first to the last B-scan of a volume; null for what has no breadth or does not tell it. */
function breadthOf({ frames, spacing }: Scan): number | null {
  const [first, last] = [frames[0]?.location, frames.at(-1)?.location]
  if (frames.length < 2 || !first || !last) return null
  if (first.kind === 'line' && last.kind === 'line') {
    const apart = (one: 'start' | 'end') => Math.hypot(last[one].x - first[one].x, last[one].y - first[one].y)
    return (apart('start') + apart('end')) / 2
  }
  return spacing.between > 0 ? spacing.between * (frames.length - 1) : null
}

/** mm; null where the scan has no ring with a known place. */
export function ringRadiusOf({ frames }: Scan): number | null {
  const location = frames.find((frame) => frame.location.kind === 'ring')?.location
  return location?.kind === 'ring' ? location.radius : null
}
