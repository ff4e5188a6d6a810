/** Texts of the export as numbers with their bounds. */
import { badTag } from './refuse.ts'

type Values = ReadonlyMap<string, string>

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** A number that the scan cannot be shown without: undefined where the element is absent or empty, refused where it is none or out of bounds. */
export function strictNumber(values: Values, path: string, low: number, high: number): number | undefined {
  const text = values.get(path)
  if (text === undefined || text === '') return undefined
  const value = decimal.test(text) ? Number(text) : Number.NaN
  if (!(value >= low && value <= high)) throw badTag(path, 'holds a value that no scan can have')
  return value
}

/** A number that only describes: undefined where it is absent, none or out of bounds. */
export function looseNumber(values: Values, path: string, low: number, high: number): number | undefined {
  const text = values.get(path) ?? ''
  const value = decimal.test(text) ? Number(text) : Number.NaN
  return value >= low && value <= high ? value : undefined
}

/** `true` or `false`; undefined where it says neither. */
export function truth(values: Values, path: string): boolean | undefined {
  const text = values.get(path)?.toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : undefined
}

/** A plain name: printable ASCII, at most `most` characters. */
export function plainName(text: string | undefined, most: number): string {
  return (text ?? '')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, most)
    .trim()
}
