/** Linear least squares over a few columns, by the normal equations. */

export interface LeastSquares {
  /** One row of the system and its right side. The array may be reused. */
  take(row: Float64Array, value: number): void
  /** The weights of the first `columns` columns (all); null where the rows do not hold them. */
  solve(columns?: number): Float64Array | null
  /** Sum of squares these weights leave. */
  rest(weights: Float64Array): number
}

export function leastSquares(size: number): LeastSquares {
  const normal = new Float64Array(size * size)
  const right = new Float64Array(size)
  let squares = 0
  return {
    take: (row, value) => {
      squares += value * value
      for (let i = 0; i < size; i++) {
        right[i] = (right[i] as number) + (row[i] as number) * value
        for (let j = 0; j <= i; j++) normal[i * size + j] = (normal[i * size + j] as number) + (row[i] as number) * (row[j] as number)
      }
    },
    solve: (columns = size) => solved(normal, right, columns, size),
    rest: (weights) => squares - weights.reduce((sum, weight, i) => sum + weight * (right[i] as number), 0),
  }
}

/** Cholesky on the upper left `size` of a symmetric matrix whose lower half is given, `stride` long. */
function solved(normal: Float64Array, right: Float64Array, size: number, stride: number): Float64Array | null {
  const lower = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = normal[i * stride + j] as number
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] as number) * (lower[j * size + k] as number)
      if (i === j) {
        if (!(sum > 1e-9 * (normal[i * stride + i] as number))) return null
        lower[i * size + i] = Math.sqrt(sum)
      } else lower[i * size + j] = sum / (lower[j * size + j] as number)
    }
  }
  const weights = Float64Array.from(right.subarray(0, size))
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) weights[i] = (weights[i] as number) - (lower[i * size + k] as number) * (weights[k] as number)
    weights[i] = (weights[i] as number) / (lower[i * size + i] as number)
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) weights[i] = (weights[i] as number) - (lower[k * size + i] as number) * (weights[k] as number)
    weights[i] = (weights[i] as number) / (lower[i * size + i] as number)
  }
  return weights
}
