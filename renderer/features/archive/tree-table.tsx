import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { keptKey, useOffline } from '../offline/offline-store.ts'
import { listScans, setFilters, toggleScan, toggleSessions, turn, useArchive } from './archive-store.ts'
import { anyFilter, noFilters } from './filters.ts'
import { keyAction } from './keys.ts'
import type { Chosen } from './selection.ts'
import { TableRow } from './table-row.tsx'
import type { TreeRow } from './tree.ts'

const rowHeight = 28

/** ARIA's pattern for a tree with columns; the elements below it are a table's own. */
const treegrid = { role: 'treegrid', 'aria-multiselectable': true } as const

/** Chooses or lets go what a row stands for. */
function toggleRow(row: TreeRow): void {
  if (row.kind === 'scan') toggleScan(row)
  else if (row.kind === 'session') void toggleSessions([row.session])
  else if (row.kind === 'subject') void toggleSessions(row.members.map((member) => member.session))
}

/** Opens or closes a row; a session's scans are listed when it opens. */
function turnRow(row: TreeRow): void {
  turn(row.key)
  if (row.kind === 'session' && !row.open) void listScans(row.session)
}

/** The tree as a table of 28 px rows, of which only those on the screen exist. One tab stop; arrows move. */
export function TreeTable({ rows, onOpen }: { rows: TreeRow[]; onOpen: (chosen: Chosen) => void }) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const selection = useArchive((state) => state.selection)
  const active = useArchive((state) => state.active)
  const kept = useOffline((state) => state.kept)
  const found = rows.findIndex((row) => row.key === active)
  const current = Math.max(0, found)
  const keyboard = useRef(false)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    // The row with the keyboard always exists, so that the focus is never lost by scrolling.
    rangeExtractor: useCallback(
      (range: { startIndex: number; endIndex: number; overscan: number; count: number }) => {
        const from = Math.max(0, range.startIndex - range.overscan)
        const to = Math.min(range.count - 1, range.endIndex + range.overscan)
        const shown = Array.from({ length: Math.max(0, to - from + 1) }, (_, offset) => from + offset)
        if (current < from) shown.unshift(current)
        else if (current > to && current < range.count) shown.push(current)
        return shown
      },
      [current],
    ),
  })

  useLayoutEffect(() => {
    if (!keyboard.current) return
    keyboard.current = false
    virtual.scrollToIndex(current)
    scroller.current?.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true })
  })

  const move = (index: number) => {
    keyboard.current = true
    useArchive.setState({ active: rows[index]?.key ?? null })
  }

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1)
    const action = keyAction(event.key, rows, current, page)
    const row = rows[current]
    if (!action || !row) return
    event.preventDefault()
    if (action.do === 'move') move(action.to)
    else if (action.do === 'turn') turnRow(row)
    else if (action.do === 'toggle') toggleRow(row)
    else if (action.do === 'open' && row.kind === 'scan') onOpen(row)
    else if (action.do === 'run') useArchive.setState({ sheet: true })
    else if (action.do === 'escape') letGo()
  }

  return (
    <div className="tree-scroll" ref={scroller}>
      <table {...treegrid} className="tree" aria-label={t('archive.tree')} aria-rowcount={rows.length + 1} onKeyDown={press}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">
              <span className="sr-only">{t('archive.column.select')}</span>
            </th>
            <th scope="col">{t('archive.column.name')}</th>
            <th scope="col">{t('archive.column.date')}</th>
            <th scope="col">{t('archive.column.eye')}</th>
            <th scope="col">{t('archive.column.type')}</th>
            <th scope="col" className="c-frames num">
              {t('archive.column.frames')}
            </th>
            <th scope="col" className="c-quality">
              {t('archive.column.quality')}
            </th>
            <th scope="col">{t('archive.column.verdict')}</th>
            <th scope="col" className="c-with">
              {t('archive.column.checkedWith')}
            </th>
            <th scope="col" className="num">
              {t('archive.column.size')}
            </th>
          </tr>
        </thead>
        <tbody style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index]
            if (!row) return null
            return (
              <TableRow
                key={row.key}
                row={row}
                index={item.index}
                top={item.start}
                active={item.index === current}
                selection={selection}
                kept={row.kind === 'scan' ? (kept.get(keptKey({ session: row.session.id, scan: row.scan.id }))?.expiresAt ?? null) : null}
                onActivate={() => {
                  keyboard.current = true
                  useArchive.setState({ active: row.key })
                }}
                onToggle={() => toggleRow(row)}
                onTurn={() => turnRow(row)}
                onOpen={() => row.kind === 'scan' && onOpen(row)}
              />
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** Esc lets the selection go first, then the filters. */
function letGo(): void {
  const { selection, filters } = useArchive.getState()
  if (selection.size > 0) useArchive.setState({ selection: new Map() })
  else if (anyFilter(filters)) setFilters(noFilters)
}
