import { ArrowLeftRight, ChevronLeft, Link2, Link2Off } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScanRef } from '../../../../preload/contract.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Segmented } from '../../../ui/field.tsx'
import { Problem } from '../../../ui/notice.tsx'
import { Progress } from '../../../ui/progress.tsx'
import { plainView } from '../bscan-view.ts'
import type { Kept } from '../kept.ts'
import { viewerKey } from '../keys.ts'
import { allLayers, layerNames, withAll, withDigit } from '../layer-choice.ts'
import type { Picture } from '../snapshot/picture.ts'
import { frameForKey } from '../stepping.ts'
import type { Frames } from '../use-frames.ts'
import { useKeys } from '../use-keys.ts'
import { type Opened, useOpenScan } from '../use-open-scan.ts'
import { Chooser } from './chooser.tsx'
import styles from './compare.module.css'
import { isMirrored, linkedAScan, linkedIndex, linkedView } from './link.ts'
import { Overlay } from './overlay.tsx'
import { Side, type SideState } from './side.tsx'
import { Thickness } from './thickness.tsx'

interface CompareProps {
  shown: Opened
  kept: Kept
  among: readonly ScanRef[]
  onLeave: () => void
}

type Upper = 'slo' | 'overlay' | 'thickness'
type Letter = 'a' | 'b'

const fresh = (index: number): SideState => ({ index, cursor: null, view: plainView })

/** Two scans side by side, moving together: the same eye at two visits, or one eye beside the other. */
export function Compare({ shown, kept, among, onLeave }: CompareProps) {
  const { t } = useTranslation('viewer')
  const [other, setOther] = useState<ScanRef | null>(null)
  const second = useOpenScan(other)
  const [upper, setUpper] = useState<Upper>('slo')
  const [linked, setLinked] = useState(true)
  const [layers, setLayers] = useState(allLayers)
  const [here, setHere] = useState<Letter>('a')
  const [a, setA] = useState(() => fresh(kept.index ?? Math.floor(shown.open.scan.frames.length / 2)))
  const [own, setB] = useState<{ bulk: string; state: SideState } | null>(null)
  const [frameA, setFrameA] = useState<Frames['shown']>(null)
  const [frameB, setFrameB] = useState<Frames['shown']>(null)

  const openA = shown.open
  const openB = second.error ? null : (second.shown?.open ?? null)
  // A scan that has just been opened begins where A is.
  const b = openB && own?.bulk === openB.bulk ? own.state : fresh(openB ? linkedIndex(openA.scan, openB.scan, a.index) : 0)
  const mirrored = openB !== null && isMirrored(openA.scan, a.index, openB.scan, b.index)
  const canOverlay = openB !== null && openA.scan.slo !== null && openB.scan.slo !== null && !otherEye(openA.scan.laterality, openB.scan.laterality)
  const top = upper === 'overlay' && !canOverlay ? 'slo' : openB ? upper : 'slo'

  const scanOf = (letter: Letter) => (letter === 'a' ? openA.scan : (openB?.scan ?? openA.scan))
  const put = (letter: Letter, state: SideState) => {
    if (letter === 'a') setA(state)
    else if (openB) setB({ bulk: openB.bulk, state })
  }
  /** Changes one side and, where they are linked, the other after it. */
  const change = (letter: Letter, part: Partial<SideState>) => {
    const [mine, theirs] = letter === 'a' ? [a, b] : [b, a]
    const otherLetter = letter === 'a' ? 'b' : 'a'
    put(letter, { ...mine, ...part })
    if (!linked || !openB) return
    const [from, to] = [scanOf(letter), scanOf(otherLetter)]
    const next = { ...theirs }
    if (part.index !== undefined) next.index = linkedIndex(from, to, part.index)
    if (part.view) next.view = linkedView(part.view, mirrored)
    if (part.cursor !== undefined) {
      const [widthFrom, widthTo] = [from.frames[mine.index]?.width ?? from.width, to.frames[theirs.index]?.width ?? to.width]
      next.cursor = part.cursor === null ? null : linkedAScan(part.cursor, widthFrom, widthTo, mirrored)
    }
    put(otherLetter, next)
  }
  const handlers = (letter: Letter) => ({
    onIndex: (index: number) => change(letter, { index, cursor: null }),
    onCursor: (cursor: number | null) => change(letter, { cursor }),
    onView: (view: SideState['view']) => change(letter, { view }),
    onHere: () => setHere(letter),
  })
  const toggleLink = () => {
    if (!linked && openB)
      setB({ bulk: openB.bulk, state: { index: linkedIndex(openA.scan, openB.scan, a.index), cursor: null, view: linkedView(a.view, mirrored) } })
    setLinked(!linked)
  }

  useKeys((event) => {
    const key = viewerKey(event)
    if (key?.does === 'all-layers') setLayers(withAll(layers))
    else if (key?.does === 'layer') setLayers(withDigit(layers, key.digit, layerNames(openA.scan.frames)))
    else if (event.key === 'u' || event.key === 'U') toggleLink()
    else {
      if (event.target instanceof Element && event.target.closest('[data-scrolls]')) return false
      const letter = openB ? here : 'a'
      const next = frameForKey(event.key, event.shiftKey, (letter === 'a' ? a : b).index, scanOf(letter).frames.length)
      if (next === null) return false
      change(letter, { index: next, cursor: null })
    }
    return true
  })

  const pictureA = useRef<(() => Picture | null) | null>(null)
  const pictureB = useRef<(() => Picture | null) | null>(null)
  useEffect(() => {
    kept.index = a.index
    kept.pictures = () => [pictureA, pictureB].flatMap(({ current }) => current?.() ?? [])
    return () => {
      kept.pictures = () => []
    }
  }, [kept, a.index])
  const resultsA = useMemo(() => [...kept.fresh, ...openA.results], [kept, openA])
  const choose = useCallback((ref: ScanRef) => setOther(ref), [])
  const uppers: { value: Upper; label: string }[] = [
    { value: 'slo', label: t('compare.upper.slo') },
    ...(canOverlay ? [{ value: 'overlay' as const, label: t('compare.upper.overlay') }] : []),
    { value: 'thickness', label: t('compare.upper.thickness') },
  ]

  return (
    <div className={styles.compare} data-top={top}>
      <div className={styles.bar}>
        <Button kind="quiet" icon={ChevronLeft} onClick={onLeave}>
          {t('compare.leave')}
        </Button>
        <span className="grow" />
        {openB && (
          <>
            <Button icon={linked ? Link2 : Link2Off} keys={['U']} aria-pressed={linked} onClick={toggleLink}>
              {t(linked ? 'compare.linked' : 'compare.unlinked')}
            </Button>
            <Segmented label={t('compare.upper.label')} value={top} choices={uppers} onChange={setUpper} />
          </>
        )}
      </div>
      <div className={styles.sides}>
        <Side
          letter="A"
          open={openA}
          results={resultsA}
          state={a}
          layers={layers}
          withSlo={top === 'slo'}
          onLayers={setLayers}
          onShown={setFrameA}
          picture={pictureA}
          {...handlers('a')}
        />
        {openB && top === 'overlay' && <Overlay key={`over ${openB.bulk}`} a={openA} b={openB} indexA={a.index} indexB={b.index} />}
        {openB && top === 'thickness' && <Thickness a={openA} b={openB} shownA={frameA} shownB={frameB} mirrored={mirrored} cursor={a.cursor} />}
        {openB ? (
          <Side
            key={openB.bulk}
            letter="B"
            open={openB}
            results={openB.results}
            state={b}
            layers={layers}
            withSlo={top === 'slo'}
            actions={<IconButton label={t('compare.change')} icon={ArrowLeftRight} onClick={() => setOther(null)} />}
            onLayers={setLayers}
            onShown={setFrameB}
            picture={pictureB}
            {...handlers('b')}
          />
        ) : second.error ? (
          <div className={styles.chooser}>
            <Problem
              error={second.error}
              actions={
                <>
                  <Button onClick={second.retry}>{t('retry')}</Button>
                  <Button onClick={() => setOther(null)}>{t('compare.change')}</Button>
                </>
              }
            />
          </div>
        ) : second.coming ? (
          <div className={styles.chooser} role="status">
            <b className="strong">{t('opening')}</b>
            <Progress value={second.coming.progress} label={t('opening')} />
            <p className="soft small">{second.coming.message || t('openingHint')}</p>
            <Button onClick={() => setOther(null)}>{t('cancel')}</Button>
          </div>
        ) : (
          <Chooser open={openA} scan={shown.ref} among={among} onChoose={choose} />
        )}
      </div>
    </div>
  )
}

function otherEye(a: 'OD' | 'OS' | 'unknown', b: 'OD' | 'OS' | 'unknown'): boolean {
  return a !== 'unknown' && b !== 'unknown' && a !== b
}
