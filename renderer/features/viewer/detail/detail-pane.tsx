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
import { fieldOf } from './field.ts'
import { MapTab } from './map-tab.tsx'
import { ProfileTab } from './profile-tab.tsx'
import { orders, ringAngles } from './sectors.ts'
import { Splitter } from './splitter.tsx'
import { Tabs } from './tabs.tsx'
import { useBoundaries } from './use-boundaries.ts'

interface DetailPaneProps {
  open: OpenScan
  index: number
  frames: Frames
  cursor: number | null
  onIndex: (index: number) => void
  onCursor: (aScan: number | null) => void
}

const none: string[] = []
/** of the scanned area's longer side: about one for each A-scan, as far as that stays quick */
const cellsFor = (width: number) => Math.min(768, Math.max(320, width))

/** Below the pictures: thickness map, profile and en face, as far as the scan has what they need; nothing where it has neither. */
export function DetailPane({ open, index, frames, cursor, onIndex, onCursor }: DetailPaneProps) {
  const { t } = useTranslation('viewer')
  const id = useId()
  const { scan } = open
  const { tab: wanted, height, collapsed, order } = useDetail()
  const names = useMemo(() => (scan.spacing.axial > 0 ? boundaryNames(scan.frames) : none), [scan])
  const field = useMemo(() => fieldOf(scan, cellsFor(scan.width)), [scan])
  const location = scan.frames[index]?.location
  const ring = location !== undefined && ringAngles(location, scan.frames[index]?.width ?? 0, scan.laterality) !== null
  const usual = useMemo(() => usualBetween(names, scan.pattern === 'ring'), [names, scan])
  const [chosen, setChosen] = useState<Between | null>(null)
  const between = chosen && names.includes(chosen.upper) && names.includes(chosen.lower) ? chosen : usual
  const tabs: { value: TabName; label: string }[] = []
  if (field && between) tabs.push({ value: 'map', label: t('detail.tab.map') })
  if (between) tabs.push({ value: 'profile', label: ring ? t('detail.tab.ring', { order }) : t('detail.tab.line') })
  if (field || scan.pictures.length > 0) tabs.push({ value: 'enFace', label: t('detail.tab.enFace') })
  const tab = tabs.find(({ value }) => value === wanted)?.value ?? tabs[0]?.value
  const read = useMemo(() => (between && !collapsed ? [between.upper, between.lower] : none), [between, collapsed])
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
        <Tabs
          label={t('detail.region')}
          panel={id}
          shown={!collapsed}
          value={tab}
          choices={tabs}
          onChange={(value) => useDetail.setState({ tab: value, collapsed: false })}
        />
        <span className="grow" />
        {!collapsed && tab === 'profile' && scan.remarks.includes('orientation-not-verified') && (
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
              {tab === 'enFace' && (
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
