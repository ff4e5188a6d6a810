/** How far two readers agree beyond chance. Pure statistics over categories in order, worst last. */

export interface ReaderAgreement {
  /** Cohen's kappa; null where both used one and the same category alone, or nothing was graded. */
  kappa: number | null
  /** Weighted kappa, linear weights. */
  weighted: number | null
  /** 95 % interval of the weighted one, within -1 to 1; null where it has no variance (all agree): this method then says nothing. */
  low: number | null
  high: number | null
  /** Pairs of gradings. */
  n: number
  /** Share of both readers' gradings that are not in the first category. */
  prevalence: number | null
  /** Share of pairs in the same category. */
  agreement: number | null
}

/** Quantile of the normal distribution for a two-sided 95 % interval. */
const z95 = 1.959963984540054

interface Kappa {
  value: number
  variance: number
}

/**
 * Kappa for any weights of agreement, with its large-sample variance (not under the null hypothesis), after Fleiss, Cohen and Everitt,
 * Large sample standard errors of kappa and weighted kappa, Psychological Bulletin 72:323-327 (1969), formula 13. Null where chance alone
 * gives full agreement.
 */
function kappaOf(shares: readonly (readonly number[])[], weight: (i: number, j: number) => number, n: number): Kappa | null {
  const at = (i: number, j: number) => shares[i]?.[j] ?? 0
  const every = shares.map((_, index) => index)
  const total = (of: (index: number) => number) => every.reduce((sum, index) => sum + of(index), 0)
  const rows = every.map((i) => total((j) => at(i, j)))
  const columns = every.map((j) => total((i) => at(i, j)))
  const observed = total((i) => total((j) => weight(i, j) * at(i, j)))
  const expected = total((i) => total((j) => weight(i, j) * (rows[i] ?? 0) * (columns[j] ?? 0)))
  if (1 - expected < 1e-12) return null
  const value = (observed - expected) / (1 - expected)
  const rowWeights = every.map((i) => total((j) => weight(i, j) * (columns[j] ?? 0)))
  const columnWeights = every.map((j) => total((i) => weight(i, j) * (rows[i] ?? 0)))
  const squares = total((i) => total((j) => at(i, j) * (weight(i, j) - ((rowWeights[i] ?? 0) + (columnWeights[j] ?? 0)) * (1 - value)) ** 2))
  const variance = (squares - (value - expected * (1 - value)) ** 2) / (n * (1 - expected) ** 2)
  return { value, variance: Math.max(0, variance) }
}

/** As `agreementOf`, from a square table of counts: the first reader's categories in rows, the second's in columns. */
export function agreementOfTable(counts: readonly (readonly number[])[]): ReaderAgreement {
  const n = counts.flat().reduce((sum, count) => sum + count, 0)
  if (n === 0) return { kappa: null, weighted: null, low: null, high: null, n: 0, prevalence: null, agreement: null }
  const shares = counts.map((row) => row.map((count) => count / n))
  const last = Math.max(1, counts.length - 1)
  const plain = kappaOf(shares, (i, j) => (i === j ? 1 : 0), n)
  const linear = kappaOf(shares, (i, j) => 1 - Math.abs(i - j) / last, n)
  const half = linear && linear.variance > 1e-12 ? z95 * Math.sqrt(linear.variance) : null
  const first = shares.reduce((sum, row, i) => sum + (row[0] ?? 0) + (i === 0 ? row.reduce((all, share) => all + share, 0) : 0), 0)
  return {
    kappa: plain ? plain.value : null,
    weighted: linear ? linear.value : null,
    low: linear && half !== null ? Math.max(-1, linear.value - half) : null,
    high: linear && half !== null ? Math.min(1, linear.value + half) : null,
    n,
    prevalence: Math.min(1, Math.max(0, 1 - first / 2)),
    agreement: Math.min(
      1,
      shares.reduce((sum, row, i) => sum + (row[i] ?? 0), 0),
    ),
  }
}

/**
 * Agreement of two readers who graded the same scans.
 * @param pairs index of the category each reader gave, from 0
 * @param categories how many there are; also those nobody used, for the weights
 */
export function agreementOf(pairs: readonly (readonly [number, number])[], categories: number): ReaderAgreement {
  const counts = Array.from({ length: categories }, () => Array.from({ length: categories }, () => 0))
  for (const [a, b] of pairs) {
    const row = counts[a]
    if (!row || row[b] === undefined) throw new RangeError(`no category ${a}, ${b} of ${categories}`)
    row[b] += 1
  }
  return agreementOfTable(counts)
}
