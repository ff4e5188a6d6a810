import { useEffect, useRef, useState } from 'react'
import styles from './image.module.css'
import { createPainter, type GreyImage, type Painter } from './painter.ts'
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

interface Easel {
  canvas: HTMLCanvasElement
  painter: Painter
}

/** The pixels of one image on true black, as sharp as the screen is. What is drawn over it lies beside it, as SVG. */
export function ImageCanvas({ image, pane, rect, level, density, label }: ImageCanvasProps) {
  const host = useRef<HTMLDivElement>(null)
  const [plain, setPlain] = useState(false)
  const [easel, setEasel] = useState<Easel | null>(null)

  // The canvas is made here and not by React: one that gave its context back cannot get another.
  useEffect(() => {
    const canvas = document.createElement('canvas')
    const lost = () => setPlain(true)
    const painter = createPainter(canvas, plain)
    canvas.addEventListener('webglcontextlost', lost)
    host.current?.append(canvas)
    setEasel({ canvas, painter })
    return () => {
      canvas.removeEventListener('webglcontextlost', lost)
      painter.close()
      canvas.remove()
    }
  }, [plain])

  useEffect(() => easel?.painter.image(image), [easel, image])

  useEffect(() => {
    if (!easel) return
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
