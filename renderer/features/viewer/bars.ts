/**
 * The strip's bars as two SVG paths in a box `count` wide and 1 high: plain ones and marked ones. A bar's height is the B-scan's quality
 * against the best of the scan, never below a fifth, so that each can be seen and hit; a B-scan without a quality gets half.
 */
export function bars(qualities: readonly (number | null)[], marked: (index: number) => boolean): { plain: string; marked: string } {
  const best = qualities.reduce<number>((most, quality) => Math.max(most, quality ?? 0), 0)
  const paths = { plain: '', marked: '' }
  for (const [i, quality] of qualities.entries()) {
    const height = quality === null || best <= 0 ? 0.5 : Math.max(0.2, quality / best)
    paths[marked(i) ? 'marked' : 'plain'] += `M${i + 0.1} 1h0.8V${Math.round((1 - height) * 1000) / 1000}h-0.8z`
  }
  return paths
}
