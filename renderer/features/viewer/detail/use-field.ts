import { useEffect, useMemo, useState } from 'react'
import type { OpenedScan } from '../geometry.ts'
import { type Field, fieldOf } from './field.ts'

/** of the scanned area's longer side: about one for each A-scan, as far as that stays quick */
const cellsFor = (width: number) => Math.min(768, Math.max(320, width))

/** Whether a scan spans an area: a coarse raster tells it and takes no time. */
export function useSpans(scan: OpenedScan): boolean {
  return useMemo(() => fieldOf(scan, 24) !== null, [scan])
}

/** The raster of the scanned area once it is `wanted`, made when the window has nothing better to do; null until then. */
export function useField(scan: OpenedScan, wanted: boolean): Field | null {
  const [made, setMade] = useState<{ scan: OpenedScan; field: Field | null } | null>(null)
  const known = made?.scan === scan
  useEffect(() => {
    if (!wanted || known) return
    const waiting = requestIdleCallback(() => setMade({ scan, field: fieldOf(scan, cellsFor(scan.width)) }), { timeout: 300 })
    return () => cancelIdleCallback(waiting)
  }, [scan, wanted, known])
  return known ? made.field : null
}
