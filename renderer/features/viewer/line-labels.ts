/** Names at the ends of layer lines, moved apart so that none lies over another. */

/**
 * Places for labels that want to stand at `wanted` (px, any order): at least `gap` apart, within `from`..`to` where they fit, in the order
 * of what they want, each as near to it as its neighbours leave.
 */
export function spread(wanted: readonly number[], gap: number, from: number, to: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0))
  const places = new Array<number>(wanted.length).fill(0)
  let least = from
  for (const i of order) {
    places[i] = Math.max(least, wanted[i] ?? 0)
    least = places[i] + gap
  }
  let most = to
  for (const i of order.reverse()) {
    places[i] = Math.min(most, places[i] ?? 0)
    most = places[i] - gap
  }
  return places
}

/** The last row of a line that is seen at or before an A-scan, looked for over `reach` A-scans; null where it has none there. */
export function rowBefore(rows: readonly (number | null)[], aScan: number, reach: number): number | null {
  const from = Math.min(rows.length - 1, aScan)
  for (let x = from; x >= Math.max(0, from - reach); x--) {
    const row = rows[x]
    if (typeof row === 'number') return row
  }
  return null
}
