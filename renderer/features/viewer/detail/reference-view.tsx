import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../../oct/errors.ts'
import type { OpenScan } from '../../../../preload/contract.ts'
import { asScansideError } from '../../../lab.ts'
import { readReference } from '../bulk.ts'
import image from '../image.module.css'
import { ImageCanvas } from '../image-canvas.tsx'
import type { GreyImage } from '../painter.ts'
import { usePane } from '../use-pane.ts'
import { baseSize, noZoom, placed } from '../view.ts'
import { plainWindow } from '../window-level.ts'
import styles from './figures.module.css'

/** A picture the file carries beside the SLO, such as a device's own en-face image, in its true shape. */
export function ReferenceView({ open, picture, choice }: { open: OpenScan; picture: number; choice: ReactNode }) {
  const { t } = useTranslation('viewer')
  const facts = open.scan.pictures[picture]
  const { ref, pane, density } = usePane()
  const { grey, error } = useReference(open, picture)
  const rect = useMemo(
    () => placed(baseSize('micrometres', facts ?? pane, pane, facts?.spacing ?? { x: 0, y: 0 }, density), pane, noZoom),
    [facts, pane, density],
  )
  const label = t('detail.enFace.label', { what: facts?.label ?? '' })
  return (
    <div className={styles.figures}>
      <div ref={ref} className={image.well}>
        <ImageCanvas image={grey} pane={pane} rect={rect} level={plainWindow} density={density} label={label} />
        {error && (
          <div className={image.message} role="alert">
            {error.message}
          </div>
        )}
        {!grey && !error && <div className={image.message}>{t('detail.enFace.loading')}</div>}
      </div>
      <div className={styles.side} data-wide>
        {choice}
        {facts && <p className="faint small">{`${facts.label}, ${facts.width} × ${facts.height} px`}</p>}
      </div>
    </div>
  )
}

function useReference(open: OpenScan, picture: number): { grey: GreyImage | null; error: ScansideError | null } {
  const [state, setState] = useState<{ grey: GreyImage | null; error: ScansideError | null }>({ grey: null, error: null })
  useEffect(() => {
    const aborter = new AbortController()
    const facts = open.scan.pictures[picture]
    readReference(open, picture, aborter.signal).then(
      (pixels) => facts && setState({ grey: { width: facts.width, height: facts.height, pixels }, error: null }),
      (error: unknown) => {
        if (!aborter.signal.aborted) setState({ grey: null, error: asScansideError(error) })
      },
    )
    return () => aborter.abort()
  }, [open, picture])
  return state
}
