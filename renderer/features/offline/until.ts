/** The day on which a kept scan is removed, as a person says it. Pure. */

/** Weekday, day and month; null where it is the present day already. */
export function formatUntil(iso: string, language: string, now: Date): string | null {
  const end = new Date(iso)
  if (end.toDateString() === now.toDateString()) return null
  return new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short' }).format(end)
}
