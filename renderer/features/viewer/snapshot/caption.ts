/** What is written below a saved picture, and what its file is called. Names nobody unless asked. */
import type { TFunction } from 'i18next'
import type { Picture } from './picture.ts'

export interface CaptionOptions {
  /** Whether the subject, the session and the date are told. */
  identity: boolean
  /** Which of two it is; null where it stands alone. */
  letter: 'A' | 'B' | null
  language: string
}

/** Piece by piece, the most telling first. */
export function captionOf(picture: Picture, options: CaptionOptions, t: TFunction<'viewer'>): string[] {
  const { open, index, verdict } = picture
  const { scan, title } = open
  const frame = scan.frames[index]
  const number = (value: number, digits: number) => new Intl.NumberFormat(options.language, { maximumFractionDigits: digits }).format(value)
  const art = frame?.art ?? scan.art
  const identity = [title.subject, title.session, scan.acquiredAt ? day(scan.acquiredAt, options.language) : '']
  return [
    options.letter ?? '',
    ...(options.identity ? identity : []),
    t(`eye.${scan.laterality}`),
    t(`pattern.${scan.pattern}`),
    scan.frames.length > 1 ? t('snapshot.bscanOf', { index: index + 1, count: scan.frames.length }) : '',
    verdict ? t('snapshot.verdict', { verdict: t(`word.${verdict}`) }) : '',
    scan.device,
    frame?.quality == null ? '' : `Q ${number(frame.quality, 1)} dB`,
    art == null ? '' : `ART ${number(art, 0)}`,
  ].filter((piece) => piece !== '')
}

function day(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(iso))
}

/** `scanside-od-ring-bscan-1.png`: never a name, a label or a date, whatever the picture tells. */
export function fileName(pictures: readonly Picture[]): string {
  const [first] = pictures
  if (!first) return 'scanside.png'
  const { laterality, pattern } = first.open.scan
  const eye = laterality === 'unknown' ? 'eye-unknown' : laterality.toLowerCase()
  const kind = pattern === 'unknown' ? 'scan' : pattern
  return `scanside-${pictures.length > 1 ? 'compare-' : ''}${eye}-${kind}-bscan-${first.index + 1}.png`
}
