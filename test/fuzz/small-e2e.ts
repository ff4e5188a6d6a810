/** A small patient container with two series, for tests and as what the fuzzer starts from. */
import type { E2eContent, E2eSeries } from '../../oct/formats/e2e/write.ts'

const width = 32
const height = 40

function frame(seed: number): E2eSeries['frames'][number] {
  return {
    width,
    height,
    pixels: Float32Array.from({ length: width * height }, (_, i) => (i === 5 ? Number.NaN : ((i * 7 + seed) % 64) / 64)),
    layers: [
      { name: 'ILM', rows: Float32Array.from({ length: width }, (_, x) => (x === 3 ? Number.NaN : 8.5 + x / 8)) },
      { name: 'BM', rows: new Float32Array(width).fill(25.25) },
    ],
  }
}

/** Series 3 has one B-scan, series 4 has three and an SLO. */
export function smallE2e(): E2eContent {
  const slo = { width: 24, height: 20, pixels: Uint8Array.from({ length: 480 }, (_, i) => i % 251) }
  return {
    surname: 'MARKERNAME',
    series: [
      { id: 3, laterality: 'OD', pattern: 1, axial: 0.0039, frames: [frame(1)] },
      { id: 4, laterality: 'OS', pattern: 3, axial: 0.0039, slo, frames: [frame(2), frame(3), frame(4)] },
    ],
  }
}
