/** A B-scan as a small grid of block means, with what is known of its background. */

export interface BlockGrid {
  /** blocks; A-scans and samples in each */
  columns: number
  rows: number
  columnStep: number
  rowStep: number
  /** Column by column, `rows` each; not acquired samples count as background. */
  means: Float32Array
  /** Running sums of `means`: column by column, `rows` + 1 each, the first of each column 0. */
  sums: Float32Array
  /** 1 where a column has any acquired samples. */
  acquired: Uint8Array
  /** Brightness of what holds no tissue, of the brightest tissue, and the standard deviation of a background block. */
  background: number
  bright: number
  noise: number
}

/** Blocks across a B-scan, about: fine enough for the foveal slope, coarse enough to average speckle. */
const across = 160
/** mm: depth of a block */
const deep = 0.0077

/** @param scale mm per px in depth */
export function blockGrid(roots: Float32Array, width: number, height: number, scale: number): BlockGrid {
  const columnStep = Math.max(1, Math.round(width / across))
  const rowStep = Math.max(1, Math.round(deep / scale))
  const columns = Math.floor(width / columnStep)
  const rows = Math.floor(height / rowStep)
  const { means, acquired } = blockMeans(roots, { width, columns, rows, columnStep, rowStep })
  const { background, bright, noise } = levels(means, columns, rows)
  const sums = new Float32Array(columns * (rows + 1))
  for (let column = 0; column < columns; column++) {
    let sum = 0
    for (let row = 0; row < rows; row++) {
      const i = column * rows + row
      if (Number.isNaN(means[i])) means[i] = background
      sum += means[i] as number
      sums[column * (rows + 1) + row + 1] = sum
    }
  }
  return { columns, rows, columnStep, rowStep, means, sums, acquired, background, bright, noise }
}

interface Shape {
  width: number
  columns: number
  rows: number
  columnStep: number
  rowStep: number
}

/** Means of the acquired samples of each block, NaN where there is none. */
function blockMeans(roots: Float32Array, { width, columns, rows, columnStep, rowStep }: Shape): Pick<BlockGrid, 'means' | 'acquired'> {
  const means = new Float32Array(columns * rows)
  const acquired = new Uint8Array(columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0
      let count = 0
      for (let y = 0; y < rowStep; y++) {
        const from = (row * rowStep + y) * width + column * columnStep
        for (let i = from; i < from + columnStep; i++) {
          const value = roots[i] as number
          // Not for NaN.
          if (value >= 0) {
            sum += value
            count++
          }
        }
      }
      means[column * rows + row] = count > 0 ? sum / count : Number.NaN
      if (count > 0) acquired[column] = 1
    }
  }
  return { means, acquired }
}

/** The 20th and 98th percentile of the block means, and the spread of the darker half about its neighbours. */
function levels(means: Float32Array, columns: number, rows: number): Pick<BlockGrid, 'background' | 'bright' | 'noise'> {
  const bins = 1024
  const histogram = new Uint32Array(bins)
  let count = 0
  for (const value of means) {
    if (Number.isNaN(value)) continue
    const bin = Math.min(bins - 1, Math.floor(value * bins))
    histogram[bin] = (histogram[bin] as number) + 1
    count++
  }
  const quantile = (counts: Uint32Array, total: number, share: number): number => {
    let below = 0
    for (let bin = 0; bin < bins; bin++) {
      below += counts[bin] as number
      if (below >= share * total && below > 0) return (bin + 0.5) / bins
    }
    return 0
  }
  const middle = quantile(histogram, count, 0.5)
  const steps = new Uint32Array(bins)
  let stepCount = 0
  for (let column = 0; column < columns; column++) {
    for (let row = 2; row < rows; row++) {
      const a = means[column * rows + row] as number
      // Two blocks apart: neighbours share speckle.
      const b = means[column * rows + row - 2] as number
      if (!(a <= middle)) continue
      const bin = Math.min(bins - 1, Math.floor(Math.abs(a - b) * bins))
      steps[bin] = (steps[bin] as number) + 1
      stepCount++
    }
  }
  // The median of |a - b| is 0.954 standard deviations of a normal a and b.
  return { background: quantile(histogram, count, 0.2), bright: quantile(histogram, count, 0.98), noise: quantile(steps, stepCount, 0.5) / 0.954 }
}
