import { ChevronDown, ChevronUp } from 'lucide-react'
import { type CSSProperties, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../../preload/contract.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Segmented } from '../../../ui/field.tsx'
import type { Frames } from '../use-frames.ts'
import { BetweenField } from './between-field.tsx'
import { type Between, boundaryNames, usualBetween } from './boundaries.ts'
import styles from './detail.module.css'
import { heldHeight, leastHeight, leftAbove, type TabName, useDetail, usualHeight } from './detail-state.ts'
import { EnFaceTab } from './en-face-tab.tsx'
import { MapTab } from './map-tab.tsx'
import { ProfileTab } from './profile-tab.tsx'
import { orders, ringAngles } from './sectors.ts'
import { Splitter } from './splitter.tsx'
import { Tabs } from './tabs.tsx'
import { useBoundaries } from './use-boundaries.ts'
import { useField, useSpans } from './use-field.ts'

interface DetailPaneProps {
  open: OpenScan
  index: number
  frames: Frames
  cursor: number | null
  onIndex: (index: number) => void
  onCursor: (aScan: number | null) => void
}

const none: string[] = []
const choose = (tab: TabName) => useDetail.setState({ tab, collapsed: false })

/** Below the pictures: thickness map, profile and en face, as far as the scan has what they need; nothing where it has neither. */
export function DetailPane({ open, index, frames, cursor, onIndex, onCursor }: DetailPaneProps) {
  const { t } = useTranslation('viewer')
  const id = useId()
  const { scan } = open
  const { tab: wanted, height, collapsed, order } = useDetail()
  const names = useMemo(() => (scan.spacing.axial > 0 ? boundaryNames(scan.frames) : none), [scan])
  const frame = scan.frames[index]
  const ring = useMemo(() => frame !== undefined && ringAngles(frame.location, frame.width, scan.laterality) !== null, [frame, scan])
  // The first B-scan goes before everything down here.
  const begun = useRef(false)
  begun.current ||= frames.shown !== null || frames.at.state === 'failed'
  const reading = begun.current && !collapsed
  const spans = useSpans(scan)
  const usual = useMemo(() => usualBetween(names, scan.pattern === 'ring'), [names, scan])
  const [chosen, setChosen] = useState<Between | null>(null)
  const between = chosen && names.includes(chosen.upper) && names.includes(chosen.lower) ? chosen : usual
  const tabs = useMemo(() => {
    const found: { value: TabName; label: string }[] = []
    if (spans && between) found.push({ value: 'map', label: t('detail.tab.map') })
    if (between) found.push({ value: 'profile', label: ring ? t('detail.tab.ring', { order }) : t('detail.tab.line') })
    if (spans || scan.pictures.length > 0) found.push({ value: 'enFace', label: t('detail.tab.enFace') })
    return found
  }, [t, spans, between, ring, order, scan])
  const tab = tabs.find(({ value }) => value === wanted)?.value ?? tabs[0]?.value
  const field = useField(scan, reading && spans && tab !== undefined && tab !== 'profile')
  const read = useMemo(() => (between && reading ? [between.upper, between.lower] : none), [between, reading])
  const boundaries = useBoundaries(open, read)
  const { ref, room } = useRoom()
  if (tab === undefined) return null

  const now = height === null ? usualHeight(room) : heldHeight(height, room)
  const pick = (frame: number, aScan: number) => {
    onIndex(frame)
    onCursor(aScan)
  }
  return (
    <section
      ref={ref}
      className={styles.detail}
      data-collapsed={collapsed || undefined}
      style={{ '--height': collapsed ? 'auto' : `${now}px` } as CSSProperties}
      aria-label={t('detail.region')}
    >
      {!collapsed && (
        <Splitter
          label={t('detail.resize')}
          height={now}
          least={leastHeight}
          most={Math.max(leastHeight, room - leftAbove)}
          onHeight={(to) => useDetail.setState({ height: heldHeight(to, room) })}
          onReset={() => useDetail.setState({ height: null })}
        />
      )}
      <header className={styles.bar}>
        <Tabs label={t('detail.region')} panel={id} shown={!collapsed} value={tab} choices={tabs} onChange={choose} />
        <span className="grow" />
        {!collapsed && tab === 'profile' && ring && scan.remarks.includes('orientation-not-verified') && (
          <span className={styles.remark}>{t('detail.profile.orientation')}</span>
        )}
        {!collapsed && tab === 'profile' && ring && (
          <Segmented
            label={t('detail.profile.order')}
            value={order}
            onChange={(value) => useDetail.setState({ order: value })}
            choices={orders.map((value) => ({ value, label: value }))}
          />
        )}
        {!collapsed && tab !== 'enFace' && between && <BetweenField names={names} value={between} onChange={setChosen} />}
        <IconButton
          label={t(collapsed ? 'detail.show' : 'detail.hide')}
          icon={collapsed ? ChevronUp : ChevronDown}
          aria-expanded={!collapsed}
          onClick={() => useDetail.setState({ collapsed: !collapsed })}
        />
      </header>
      {!collapsed && (
        <div id={id} role="tabpanel" aria-labelledby={`${id}-${tab}`} className={styles.body}>
          {boundaries.error && tab !== 'enFace' ? (
            <div className={styles.problem} role="alert">
              <p>{boundaries.error.message}</p>
              <Button onClick={boundaries.retry}>{t('retry')}</Button>
            </div>
          ) : (
            <>
              {tab === 'map' && field && between && (
                <MapTab open={open} field={field} between={between} boundaries={boundaries} index={index} cursor={cursor} onPick={pick} />
              )}
              {tab === 'profile' && between && (
                <ProfileTab open={open} between={between} boundaries={boundaries} index={index} cursor={cursor} onCursor={onCursor} />
              )}
              {tab === 'enFace' && (field || !spans) && (
                <EnFaceTab open={open} field={field} names={names} frames={frames.source} index={index} cursor={cursor} onPick={pick} />
              )}
            </>
          )}
        </div>
      )}
    </section>
  )
}

/** The height of all panes together, CSS px, kept current. */
function useRoom() {
  const ref = useRef<HTMLElement>(null)
  const [room, setRoom] = useState(() => window.innerHeight - 72)
  useEffect(() => {
    const panes = ref.current?.parentElement
    if (!panes) return
    const observer = new ResizeObserver(() => setRoom(panes.clientHeight))
    observer.observe(panes)
    return () => observer.disconnect()
  }, [])
  return { ref, room }
}
