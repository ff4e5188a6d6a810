import { memo, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './figures.module.css'
import { colours, type Range, ticksOf } from './scale.ts'

/** The map's scale with its µm. */
export const Legend = memo(function Legend({ range }: { range: Range }) {
  const { t } = useTranslation('viewer')
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const pixels = new Uint8ClampedArray(256 * 4)
    for (let i = 0; i < 256; i++) pixels.set(colours.subarray((255 - i) * 4, (256 - i) * 4), i * 4)
    context.putImageData(new ImageData(pixels, 1, 256), 0, 0)
  }, [])
  return (
    <div className={styles.legend} role="img" aria-label={t('detail.map.legend', { ...range })}>
      <span className="faint small">µm</span>
      <div>
        <canvas ref={canvas} width={1} height={256} />
        {ticksOf(range).map((tick) => (
          <span key={tick} style={{ bottom: `${((tick - range.from) / (range.to - range.from)) * 100}%` }}>
            {tick}
          </span>
        ))}
      </div>
    </div>
  )
})
