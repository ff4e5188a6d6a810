/** Pictures made ready to be laid over one another: on a common scale, without their lighting. */
import type { ScaledPicture } from './register.ts'

/** Row-major; values around 0. */
export interface Grid {
  width: number
  height: number
  values: Float32Array
}

/** px of the grid: structure finer than the first and broader than the second is left out */
const fine = 1
const broad = 12
/** Contrast beyond this many local standard deviations counts no more: a reflex must not outweigh the vessels. */
const most = 3

/**
 * A picture on a grid of `step` mm, band-passed and with its local contrast made even, so that lighting does not count. Where the whole
 * picture is one grey, all is 0.
 */
export function prepared(picture: ScaledPicture, step: number): Grid {
  const grid = resampled(picture, step)
  const { width, height } = grid
  const sharp = blurred(grid, fine)
  const around = blurred(grid, broad)
  const detail = { width, height, values: sharp.values.map((value, i) => value - (around.values[i] as number)) }
  const power = blurred({ width, height, values: detail.values.map((value) => value * value) }, broad)
  const values = detail.values.map((value, i) => {
    // A grey level of noise is added, so that flat parts do not become structure.
    const spread = Math.sqrt(Math.max(0, power.values[i] as number)) + 1
    return Math.max(-most, Math.min(most, value / spread))
  })
  return { width, height, values }
}

/** Each grid point is the mean of the pixels it covers, at least the nearest one. */
function resampled(picture: ScaledPicture, step: number): Grid {
  const width = Math.max(1, Math.round((picture.width * picture.spacing.x) / step))
  const height = Math.max(1, Math.round((picture.height * picture.spacing.y) / step))
  const values = new Float32Array(width * height)
  const span = (i: number, count: number, size: number): [number, number] => {
    const from = Math.min(size - 1, Math.floor((i / count) * size))
    return [from, Math.max(from + 1, Math.min(size, Math.floor(((i + 1) / count) * size)))]
  }
  for (let row = 0; row < height; row++) {
    const [top, bottom] = span(row, height, picture.height)
    for (let column = 0; column < width; column++) {
      const [left, right] = span(column, width, picture.width)
      let sum = 0
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += picture.pixels[y * picture.width + x] ?? 0
      values[row * width + column] = sum / ((bottom - top) * (right - left))
    }
  }
  return { width, height, values }
}

/** The mean over (2 radius + 1)² points, fewer at the edges. */
function blurred(grid: Grid, radius: number): Grid {
  const { width, height } = grid
  const across = new Float32Array(width * height)
  for (let row = 0; row < height; row++) running(grid.values, across, row * width, 1, width, radius)
  const values = new Float32Array(width * height)
  for (let column = 0; column < width; column++) running(across, values, column, width, height, radius)
  return { width, height, values }
}

function running(from: Float32Array, to: Float32Array, start: number, stride: number, count: number, radius: number): void {
  let sum = 0
  for (let i = 0; i < Math.min(radius, count); i++) sum += from[start + i * stride] as number
  for (let i = 0; i < count; i++) {
    if (i + radius < count) sum += from[start + (i + radius) * stride] as number
    if (i - radius - 1 >= 0) sum -= from[start + (i - radius - 1) * stride] as number
    to[start + i * stride] = sum / (Math.min(count - 1, i + radius) - Math.max(0, i - radius) + 1)
  }
}

/** Half as fine: the mean of each two by two points. */
export function halved(grid: Grid): Grid {
  const width = Math.max(1, grid.width >> 1)
  const height = Math.max(1, grid.height >> 1)
  const values = new Float32Array(width * height)
  const at = (row: number, column: number) => grid.values[Math.min(grid.height - 1, row) * grid.width + Math.min(grid.width - 1, column)] as number
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      values[row * width + column] =
        (at(2 * row, 2 * column) + at(2 * row, 2 * column + 1) + at(2 * row + 1, 2 * column) + at(2 * row + 1, 2 * column + 1)) / 4
  return { width, height, values }
}

/** Turned around its middle by degrees, clockwise on the screen; 0 where nothing was. */
export function turned(grid: Grid, degrees: number): Grid {
  if (degrees === 0) return grid
  const { width, height } = grid
  const values = new Float32Array(width * height)
  const angle = (degrees * Math.PI) / 180
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  const middle = { x: (width - 1) / 2, y: (height - 1) / 2 }
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const dx = column - middle.x
      const dy = row - middle.y
      const x = cos * dx + sin * dy + middle.x
      const y = -sin * dx + cos * dy + middle.y
      const left = Math.floor(x)
      const top = Math.floor(y)
      if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) continue
      const i = top * width + left
      const u = x - left
      const upper = (grid.values[i] as number) * (1 - u) + (grid.values[i + 1] as number) * u
      const lower = (grid.values[i + width] as number) * (1 - u) + (grid.values[i + width + 1] as number) * u
      values[row * width + column] = upper + (lower - upper) * (y - top)
    }
  }
  return { width, height, values }
}
