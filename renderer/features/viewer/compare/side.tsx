import { type ReactNode, type RefObject, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../../preload/contract.ts'
import { formatMoment } from '../../../ui/format.ts'
import { VerdictMark } from '../../../ui/verdict.tsx'
import { BscanPane } from '../bscan-pane.tsx'
import type { BscanView } from '../bscan-view.ts'
import type { LayerChoice } from '../layer-choice.ts'
import type { KnownResult } from '../quality-panel.tsx'
import { SloPane } from '../slo-pane.tsx'
import type { Picture, Seen } from '../snapshot/picture.ts'
import { stepFrame } from '../stepping.ts'
import { type Frames, useFrames } from '../use-frames.ts'
import styles from './compare.module.css'

/** One of the two scans as a person has it before them. */
export interface SideState {
  index: number
  cursor: number | null
  view: BscanView
}

interface SideProps {
  letter: 'A' | 'B'
  open: OpenScan
  /** Newest first. */
  results: readonly KnownResult[]
  state: SideState
  layers: LayerChoice
  /** Whether its SLO stands above its B-scan; else something shared by both does. */
  withSlo: boolean
  actions?: ReactNode
  onLayers: (layers: LayerChoice) => void
  onIndex: (index: number) => void
  onCursor: (aScan: number | null) => void
  onView: (view: BscanView) => void
  /** The pointer or the focus has come here. */
  onHere: () => void
  onShown: (shown: Frames['shown']) => void
  /** Is told how to get what is on the screen, for a picture to be saved. */
  picture: RefObject<(() => Picture | null) | null>
}

/** One column: which scan it is and what was found, its SLO, its B-scan. */
export function Side(props: SideProps) {
  const { letter, open, results, state, layers, withSlo, actions, onLayers, onIndex, onCursor, onView, onHere, onShown, picture } = props
  const { t } = useTranslation('viewer')
  const { index, cursor, view } = state
  const frames = useFrames(open, index)
  const { shown } = frames
  const frame = shown?.frame
  const at = shown?.index
  // Told once it is on the screen, and not while it is drawn.
  useEffect(() => onShown(frame && at !== undefined ? { index: at, frame } : null), [frame, at, onShown])
  const known = results[0]
  const result = known?.results.scans[known.scanIndex]
  const verdict = result?.verdict ?? 'unknown'
  const intervals = useMemo(() => result?.intervals ?? [], [result])
  const here = useMemo(() => intervals.filter((one) => one.frame === index), [intervals, index])

  const seen = useRef<Seen | null>(null)
  useEffect(() => {
    picture.current = () =>
      frame && at === index
        ? { open, index, frame, level: view.level, layers, intervals: here, verdict: result?.verdict ?? null, seen: seen.current }
        : null
    return () => {
      picture.current = null
    }
  })

  return (
    <section className={styles.side} data-letter={letter} aria-label={t('compare.side', { letter })} onPointerEnter={onHere} onFocus={onHere}>
      <header className={styles.head}>
        <b className={styles.letter}>{letter}</b>
        <VerdictMark verdict={result ? result.verdict : 'none'} size={14} />
        <span className={styles.word} data-verdict={result?.verdict}>
          {result ? t(`word.${result.verdict}`) : t('compare.notJudged')}
        </span>
        <b className="strong">{`${t(`pattern.${open.scan.pattern}`)}, ${t(`eye.${open.scan.laterality}`)}`}</b>
        <span className={styles.which}>{visitOf(open.title) || t('compare.dropped')}</span>
        <span className="grow" />
        {actions}
      </header>
      {withSlo && (
        <div className={styles.upper}>
          <SloPane open={open} index={index} cursor={cursor} intervals={intervals} verdict={verdict} onIndex={onIndex} onCursor={onCursor} />
          <Facts open={open} index={index} />
        </div>
      )}
      <BscanPane
        open={open}
        index={index}
        frames={frames}
        cursor={cursor}
        intervals={here}
        verdict={verdict}
        layers={layers}
        onLayers={onLayers}
        view={view}
        onView={onView}
        onStep={(delta) => onIndex(stepFrame(index, open.scan.frames.length, delta))}
        onCursor={onCursor}
        seen={seen}
      />
    </section>
  )
}

/** The visit's label, after the subject's unless it says so itself: at the end of the line room is short. */
function visitOf({ subject, session }: OpenScan['title']): string {
  return session.includes(subject) ? session : [subject, session].filter((label) => label !== '').join(' / ')
}

/** What two acquisitions are first compared by. */
function Facts({ open, index }: { open: OpenScan; index: number }) {
  const { t, i18n } = useTranslation('viewer')
  const { scan } = open
  const frame = scan.frames[index]
  const number = (value: number, digits: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: digits }).format(value)
  const known = (value: number | null | undefined, say: (value: number) => string) => (value == null ? t('facts.notKnown') : say(value))
  const rows: [string, string][] = [
    [t('facts.acquired'), scan.acquiredAt ? `${scan.acquiredAt.slice(0, 4)}, ${formatMoment(scan.acquiredAt, i18n.language)}` : t('facts.notKnown')],
    [t('facts.device'), scan.device || t('facts.notKnown')],
    ['Q', known(frame?.quality, (value) => `${number(value, 1)} dB`)],
    ['ART', known(frame?.art ?? scan.art, (value) => number(value, 0))],
    [t('facts.focus'), known(scan.focus, (value) => t('facts.dioptres', { value: number(value, 2) }))],
    [t('facts.bscans'), String(scan.frames.length)],
    [t('facts.size'), frame ? `${frame.width} × ${frame.height} px` : t('facts.notKnown')],
  ]
  if (frame?.location.kind === 'ring')
    rows.push([
      t('compare.radius'),
      `${new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(frame.location.radius)} mm`,
    ])
  return (
    <dl className={styles.facts} data-scrolls>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
