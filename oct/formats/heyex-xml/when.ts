/** When a B-scan was taken. */
import type { ImageRecord, SeriesRecord } from './document.ts'
import { looseNumber } from './values.ts'

/**
 * UTC, where the file says date, time and zone. The time is the device's local one; `UTCBias` is its minutes ahead of UTC (exports from Germany
 * say 60 in winter, 120 in summer). Sub-second digits are cut to milliseconds.
 */
export function acquiredAt(series: SeriesRecord, image: ImageRecord): { acquiredAt?: string } {
  const date = (name: string, low: number, high: number) => looseNumber(series.values, `StudyDate/Date/${name}`, low, high)
  const time = (name: string, low: number, high: number) => looseNumber(image.values, `AcquisitionTime/Time/${name}`, low, high)
  const [year, month, day] = [date('Year', 1980, 2200), date('Month', 1, 12), date('Day', 1, 31)]
  const [hour, minute, second, bias] = [time('Hour', 0, 23), time('Minute', 0, 59), time('Second', 0, 60.999), time('UTCBias', -840, 840)]
  const parts = [year, month, day, hour, minute, second, bias]
  if (parts.some((part) => part === undefined)) return {}
  const local = Date.UTC(
    year as number,
    (month as number) - 1,
    day as number,
    hour as number,
    minute as number,
    0,
    Math.floor((second as number) * 1000 + 1e-6),
  )
  // A day that is none (31 February) comes back as another.
  if (new Date(local).getUTCDate() !== day) return {}
  const utc = local - (bias as number) * 60_000
  return Number.isFinite(utc) ? { acquiredAt: new Date(utc).toISOString() } : {}
}
