import { Copy, ImageDown, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ScansideError } from '../../../../oct/errors.ts'
import { bulkFetch } from '../../../bridge.ts'
import { asScansideError, lab } from '../../../lab.ts'
import { useApp } from '../../../stores.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { CheckField } from '../../../ui/field.tsx'
import { readSlo } from '../bulk.ts'
import { captionOf, fileName } from './caption.ts'
import { type Outlet, throughBrowser, throughMain } from './deliver.ts'
import { captionFont, type Drawn, drawPlate } from './draw.ts'
import type { Picture } from './picture.ts'
import { plateOf } from './plate.ts'
import styles from './snapshot.module.css'

interface SnapshotProps {
  /** What is on the screen at the moment it is asked: one scan, or two that are compared. */
  pictures: () => Picture[]
  onClose: () => void
}

type Told = { state: 'idle' | 'drawing' | 'copied' | 'saved' } | { state: 'failed'; error: ScansideError }

/** The row that saves or copies what is on the screen as a picture. It lies between the head and the panes, over neither. */
export function Snapshot({ pictures, onClose }: SnapshotProps) {
  const { t, i18n } = useTranslation('viewer')
  const { front } = useApp()
  const [identity, setIdentity] = useState(false)
  const [told, setTold] = useState<Told>({ state: 'idle' })
  const save = useRef<HTMLButtonElement>(null)
  useEffect(() => save.current?.focus({ preventScroll: true }), [])

  const make = async (to: Outlet) => {
    setTold({ state: 'drawing' })
    try {
      const now = pictures()
      if (now.length === 0) throw new ScansideError('conflict', t('snapshot.nothing'))
      const png = await drawn(now, (picture, letter) => captionOf(picture, { identity, letter, language: i18n.language }, t), t('snapshot.foot'))
      const deliver = front === 'browser' ? throughBrowser(t('snapshot.refused')) : throughMain(lab.app, bulkFetch, t('snapshot.failed'))
      const done = await deliver(png, to, fileName(now))
      setTold({ state: !done ? 'idle' : to === 'file' ? 'saved' : 'copied' })
    } catch (error) {
      setTold({ state: 'failed', error: asScansideError(error) })
    }
  }
  const busy = told.state === 'drawing'

  return (
    <section className={styles.row} aria-label={t('snapshot.region')}>
      <b className="strong">{t('snapshot.title')}</b>
      <CheckField checked={identity} onChange={setIdentity}>
        {t('snapshot.identity')}
      </CheckField>
      <span className={styles.told} role="status">
        {told.state === 'failed' ? told.error.message : told.state === 'saved' || told.state === 'copied' ? t(`snapshot.${told.state}`) : ''}
      </span>
      <Button icon={Copy} disabled={busy} onClick={() => void make('clipboard')}>
        {t('snapshot.copy')}
      </Button>
      <Button ref={save} kind="primary" icon={ImageDown} disabled={busy} onClick={() => void make('file')}>
        {t('snapshot.save')}
      </Button>
      <IconButton label={t('snapshot.close')} icon={X} onClick={onClose} />
    </section>
  )
}

/** The PNG of what is shown. */
async function drawn(pictures: Picture[], caption: (picture: Picture, letter: 'A' | 'B' | null) => string[], foot: string): Promise<Blob> {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const never = new AbortController().signal
  const rows = await Promise.all(
    pictures.map(async (picture): Promise<Drawn> => {
      const { slo } = picture.open.scan
      const pixels = await readSlo(picture.open, never)
      return { picture, slo: slo && pixels ? { width: slo.width, height: slo.height, pixels } : null }
    }),
  )
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d')
  if (!context) throw new ScansideError('not-supported', foot)
  context.font = captionFont(token)
  const plate = plateOf(
    rows.map(({ picture, slo }, i) => ({
      part: picture.seen?.part ?? picture.frame,
      stretch: picture.seen?.stretch ?? 1,
      slo,
      caption: caption(picture, rows.length > 1 ? (i === 0 ? 'A' : 'B') : null),
    })),
    foot,
    (text) => context.measureText(text).width,
  )
  canvas.width = plate.width
  canvas.height = plate.height
  drawPlate(context, plate, rows, token)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be encoded'))), 'image/png'),
  )
}
