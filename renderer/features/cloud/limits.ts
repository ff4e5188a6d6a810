/** The project's limits as bars. Pure. */
import type { CloudStatus } from '../../../preload/cloud.ts'

type Limits = NonNullable<CloudStatus['limits']>

export interface LimitBar {
  kind: 'instances' | 'coresUsed' | 'ram'
  used: number
  /** Null: without limit. */
  max: number | null
  /** 0..1; null: without limit. A limit of nothing is full. */
  share: number | null
  full: boolean
}

/** Machines, cores and memory (MiB), in this order. */
export function limitBars(limits: Limits): LimitBar[] {
  return [bar('instances', limits.instances), bar('coresUsed', limits.cores), bar('ram', limits.ramMiB)]
}

function bar(kind: LimitBar['kind'], { used, max }: Limits['cores']): LimitBar {
  if (max < 0) return { kind, used, max: null, share: null, full: false }
  return { kind, used, max, share: max === 0 ? 1 : Math.min(1, Math.max(0, used / max)), full: used >= max }
}

/** MiB as GiB: `2 GiB`, `0.5 GiB`, `51.2 GiB`. */
export function formatMemory(mebibytes: number, language: string): string {
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(mebibytes / 1024)} GiB`
}
