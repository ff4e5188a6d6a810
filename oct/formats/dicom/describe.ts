/** What a header says of device, eye and time, in the model's words. Nothing that tells who the person is. */
import type { Laterality } from '../../scan.ts'
import type { Dataset } from './dataset.ts'
import { tag } from './tags.ts'
import { firstItem, items, number, text, texts, within } from './values.ts'

const sides = new Map<string, Laterality>([
  ['R', 'OD'],
  ['OD', 'OD'],
  ['L', 'OS'],
  ['OS', 'OS'],
])

/** The eye, where everything that names one names the same: the frames, the image, the series. */
export function eyeOf(dataset: Dataset): Laterality {
  const frames = [...items(dataset, tag.shared), ...items(dataset, tag.perFrame)]
  const words = [
    ...frames.flatMap((frame) => texts(firstItem(frame, tag.frameAnatomy), tag.frameLaterality)),
    ...texts(dataset, tag.imageLaterality),
    ...texts(dataset, tag.laterality),
  ]
  const named = new Set(words.filter((word) => word !== '').map((word) => sides.get(word.toUpperCase()) ?? 'unknown'))
  const [only = 'unknown'] = named
  return named.size === 1 ? only : 'unknown'
}

/** `Heidelberg Spectralis`: maker and product without forms of company and without what looks like a serial number. */
export function deviceOf(dataset: Dataset): string {
  const maker = plain(text(dataset, tag.manufacturer)).replace(/\b(engineering|inc|gmbh|ag|co|ltd|llc|corp|corporation|company)\b\.?/gi, '')
  const model = plain(text(dataset, tag.model))
  const [brand = ''] = maker.trim().split(' ')
  const repeats = brand !== '' && model.toLowerCase().startsWith(brand.toLowerCase())
  return plain(repeats ? model : `${maker} ${model}`).slice(0, 64) || 'unknown'
}

/** Degrees, dioptres and mm, where they can be those of an eye. */
export function opticsOf(dataset: Dataset): { axialLength?: number; focus?: number; field?: number } {
  const axialLength = within(number(dataset, tag.axialLength), 10, 45)
  const focus = within(number(firstItem(dataset, tag.refraction), tag.lensPower), -50, 50)
  const field = within(number(dataset, tag.field), 0.1, 360)
  return {
    ...(axialLength === undefined ? {} : { axialLength: rounded(axialLength) }),
    ...(focus === undefined ? {} : { focus: rounded(focus) }),
    ...(field === undefined ? {} : { field: rounded(field) }),
  }
}

/** UTC, where the header tells time and zone (PS3.5 6.2, DT; or (0008,0201)); else undefined. */
export function acquiredAt(dataset: Dataset): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.(\d{1,6}))?([+-]\d{4})?$/.exec(text(dataset, tag.acquired))
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second = '00', fraction = '0', ownZone] = match
  const zone = /^([+-])(\d\d)([0-5]\d)$/.exec(ownZone ?? text(dataset, tag.zone))
  if (zone === null || Number(zone[2]) > 14) return undefined
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const time = Date.parse(`${local}Z`)
  // Dates that are none (31 February) come back as others.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 19) !== local) return undefined
  const offset = (Number(zone[2]) * 60 + Number(zone[3])) * (zone[1] === '+' ? 1 : -1)
  return new Date(time + Math.round(Number(`0.${fraction}`) * 1000) - offset * 60_000).toISOString()
}

/** Printable words: no control characters, no numbers of five digits and more. */
export function plain(words: string): string {
  return words
    .replace(/[^A-Za-z0-9 .,+()/-]/g, ' ')
    .replace(/\b(sn|s\/n|serial)\b.*$/i, ' ')
    .replace(/[A-Za-z0-9-]*\d{5,}[A-Za-z0-9-]*/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ ,.-]+|[ ,-]+$/g, '')
    .slice(0, 64)
}

/** Float32 values are kept to six digits: what a person typed in comes back as it was. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
