/** Two thickness profiles in one plot. */
import { meanOf, type Profile } from '../profile.ts'

export interface ProfilePair {
  of: Profile['of']
  /** µm, both as long as the longer of the two, A-scan beside A-scan */
  a: (number | null)[]
  b: (number | null)[]
  /** µm, B minus A over the A-scans that were measured in both; null where none was */
  mean: number | null
  /** part of the A-scans measured in both, 0..1 */
  measured: number
}

/** Two profiles of the same thickness laid over one another; null where they measure different things. `mirrored` turns B round. */
export function pairOf(a: Profile | null, b: Profile | null, mirrored: boolean): ProfilePair | null {
  if (!a || !b || a.of !== b.of) return null
  const length = Math.max(a.values.length, b.values.length)
  const first = stretched(a.values, length)
  const second = stretched(mirrored ? b.values.toReversed() : b.values, length)
  const differences = first.map((value, i) => {
    const other = second[i]
    return value === null || other === null || other === undefined ? null : other - value
  })
  return {
    of: a.of,
    a: first,
    b: second,
    mean: meanOf(differences, 0, 1),
    measured: differences.filter((one) => one !== null).length / Math.max(1, length),
  }
}

/** Values at `length` places along the same way; between two measured ones interpolated, never over a gap. */
function stretched(values: readonly (number | null)[], length: number): (number | null)[] {
  if (values.length === length) return [...values]
  return Array.from({ length }, (_, i) => {
    const at = Math.min(values.length - 1, Math.max(0, ((i + 0.5) / length) * values.length - 0.5))
    const low = values[Math.floor(at)] ?? null
    const high = values[Math.ceil(at)] ?? null
    return low === null || high === null ? null : low + (high - low) * (at - Math.floor(at))
  })
}
