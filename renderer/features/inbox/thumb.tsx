import { useEffect, useRef, useState } from 'react'
import type { InboxScan } from '../../../preload/inbox.ts'
import { lab } from '../../lab.ts'
import styles from './side.module.css'

interface Grey {
  width: number
  height: number
  pixels: Uint8Array
}

/** What was read in this window; emptied when the desk is locked, with the window's pages. */
const kept = new Map<string, Grey>()
const most = 300

/** Forgets every small picture: the desk is locked, or somebody else sits here. */
export function forgetThumbs(): void {
  kept.clear()
}

async function read(scan: string): Promise<Grey | null> {
  const known = kept.get(scan)
  if (known) return known
  const { width, height, grey } = await lab.inbox.thumb({ scan })
  const pixels = Uint8Array.from(atob(grey), (char) => char.charCodeAt(0))
  if (pixels.length !== width * height || pixels.length === 0) return null
  const [oldest] = kept.keys()
  if (kept.size >= most && oldest !== undefined) kept.delete(oldest)
  kept.set(scan, { width, height, pixels })
  return { width, height, pixels }
}

/** A scan's middle B-scan, small, on black; black alone where there is none. `state` asks again once it was judged. */
export function Thumb({ scan, state, label }: { scan: string; state: InboxScan['state'] | null; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [grey, setGrey] = useState<Grey | null>(kept.get(scan) ?? null)
  const ready = state === null || state === 'judged'
  useEffect(() => {
    setGrey(kept.get(scan) ?? null)
    if (!ready) return
    let gone = false
    read(scan).then(
      (found) => {
        if (!gone) setGrey(found)
      },
      // A picture that cannot be had leaves its place black; the scan's own line says why.
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [scan, ready])
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!canvas.current || !context || !grey) return
    canvas.current.width = grey.width
    canvas.current.height = grey.height
    const data = new ImageData(grey.width, grey.height)
    const words = new Uint32Array(data.data.buffer)
    for (let i = 0; i < words.length; i++) words[i] = 0xff000000 | ((grey.pixels[i] ?? 0) * 0x010101)
    context.putImageData(data, 0, 0)
  }, [grey])
  return (
    <span className={styles.thumb} role="img" aria-label={label}>
      {grey && <canvas ref={canvas} />}
    </span>
  )
}
