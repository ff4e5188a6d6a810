import { useEffect, useState } from 'react'
import type { Registration } from '../../../../oct/quality/register.ts'
import type { OpenScan } from '../../../../preload/contract.ts'
import { startWorker } from '../../../trusted-types.ts'
import type { GreyImage } from '../painter.ts'
import url from './register-worker.ts?worker&url'

/** Where B's SLO lies on A's; null while it is looked for. */
export function useRegistration(a: OpenScan, b: OpenScan, greyA: GreyImage | null, greyB: GreyImage | null): Registration | null {
  const [found, setFound] = useState<Registration | null>(null)
  useEffect(() => {
    setFound(null)
    const [first, second] = [a.scan.slo, b.scan.slo]
    if (!first || !second || !greyA || !greyB) return
    const worker = startWorker(url)
    worker.onmessage = (event: MessageEvent<Registration>) => setFound(event.data)
    worker.onerror = () => setFound({ shift: { x: 0, y: 0 }, turn: 0, likeness: 0, aligned: false })
    worker.postMessage({ a: { ...greyA, spacing: first.spacing }, b: { ...greyB, spacing: second.spacing } })
    return () => worker.terminate()
  }, [a, b, greyA, greyB])
  return found
}
