/** Parts of a B-scan as stretches of A-scans to draw. */

/** First and last A-scan of each run of neighbouring parts that are marked; the B-scan is cut into `marked.length` equal parts. */
export function stretchesWhere(marked: readonly boolean[], width: number): [number, number][] {
  const border = (part: number) => Math.floor((part * width) / marked.length)
  const found: [number, number][] = []
  for (let from = 0; from < marked.length; from++) {
    if (!marked[from]) continue
    let to = from
    while (marked[to + 1]) to++
    if (border(to + 1) > border(from)) found.push([border(from), border(to + 1) - 1])
    from = to
  }
  return found
}
