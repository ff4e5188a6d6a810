import { useEffect, useRef, useState } from 'react'
import { type Easel, giveBack, takeEasel } from './easels.ts'
import styles from './image.module.css'
import type { GreyImage } from './painter.ts'
import type { Rect, Size } from './view.ts'
import type { WindowLevel } from './window-level.ts'

interface ImageCanvasProps {
  image: GreyImage | null
  pane: Size
  /** Where the image lies, CSS px in the pane. */
  rect: Rect
  level: WindowLevel
  /** Device px per CSS px. */
  density: number
  label: string
}

/** The pixels of one image on true black, as sharp as the screen is. What is drawn over it lies beside it, as SVG. */
export function ImageCanvas({ image, pane, rect, level, density, label }: ImageCanvasProps) {
  const host = useRef<HTMLDivElement>(null)
  const [plain, setPlain] = useState(false)
  const [easel, setEasel] = useState<Easel | null>(null)

  // The canvas is not made by React: it outlives this pane. One that lost its context is followed by one that needs none.
  useEffect(() => {
    const taken = takeEasel(plain)
    const lost = () => setPlain(true)
    taken.canvas.addEventListener('webglcontextlost', lost)
    host.current?.append(taken.canvas)
    setEasel(taken)
    return () => {
      taken.canvas.removeEventListener('webglcontextlost', lost)
      giveBack(taken)
    }
  }, [plain])

  useEffect(() => easel?.painter.image(image), [easel, image])

  const painted = useRef('')
  useEffect(() => {
    if (!easel) return
    // The page around it is redrawn with every step; an image that has not changed is not.
    const now = `${count(easel)} ${count(image)} ${Object.values(pane)} ${Object.values(rect)} ${Object.values(level)} ${density}`
    if (painted.current === now) return
    painted.current = now
    const { canvas, painter } = easel
    const width = Math.max(1, Math.round(pane.width * density))
    const height = Math.max(1, Math.round(pane.height * density))
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    if (image) painter.paint({ x: rect.x * density, y: rect.y * density, width: rect.width * density, height: rect.height * density }, level)
    else painter.paint({ x: 0, y: 0, width: 0, height: 0 }, level)
  }, [easel, image, pane, rect, level, density])

  return <div ref={host} className={styles.host} role="img" aria-label={label} />
}

const counts = new WeakMap<object, number>()
let last = 0

/** A number for an object, the same for as long as it lives. */
function count(object: object | null): number {
  if (!object) return 0
  const known = counts.get(object)
  if (known !== undefined) return known
  last += 1
  counts.set(object, last)
  return last
}
