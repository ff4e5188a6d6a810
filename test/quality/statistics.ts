/** Shares with their uncertainty. */

/** 95 % confidence interval of a share (Wilson, 1927), 0..1. Of nothing: all of it. */
export function wilson(hits: number, of: number): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 }
  const z = 1.959964
  const share = hits / of
  const middle = share + (z * z) / (2 * of)
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  const whole = 1 + (z * z) / of
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) }
}

/** Known values: 0 and all of ten, and half of a hundred. @throws Error where the formula does not give them */
export function proveWilson(): void {
  const known: [number, number, number, number][] = [
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [50, 100, 0.4038, 0.5962],
    [81, 263, 0.2553, 0.3662],
  ]
  for (const [hits, of, low, high] of known) {
    const found = wilson(hits, of)
    if (Math.abs(found.low - low) > 5e-5 || Math.abs(found.high - high) > 5e-5) throw new Error(`${hits} of ${of}: ${found.low} to ${found.high}`)
  }
}

/** `0.985 (0.957 to 0.995)` */
export function shareWithInterval(hits: number, of: number): string {
  if (of === 0) return '-'
  const { low, high } = wilson(hits, of)
  return `${(hits / of).toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`
}

/** A table as docs/measurements.md holds it, its columns as wide as their widest cell. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
