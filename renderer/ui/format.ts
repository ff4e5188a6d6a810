/** How numbers and times are written for a person. Pure; the language is an argument. */

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes in decimal units, at most three figures: `2.2 MB`, `438 MB`. */
export function formatBytes(bytes: number, language: string): string {
  let value = bytes
  let step = 0
  while (value >= 999.5 && step < units.length - 1) {
    value /= 1000
    step += 1
  }
  const digits = step === 0 || value >= 99.95 ? 0 : 1
  return `${new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)} ${units[step]}`
}

/** A count with its thousands grouped. */
export function formatCount(count: number, language: string): string {
  return new Intl.NumberFormat(language).format(count)
}

/** An ISO time as the desk's clock would show it, with seconds. */
export function formatTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }).format(new Date(iso))
}

/** An ISO time as day, month and clock. */
export function formatMoment(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false }).format(
    new Date(iso),
  )
}
