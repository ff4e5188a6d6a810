import { Check, ChevronDown, ChevronRight, Minus } from 'lucide-react'
import { memo, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ScansideError } from '../../../oct/errors.ts'
import { type Verdict, verdicts } from '../../../oct/results.ts'
import type { ScanRow } from '../../../preload/contract.ts'
import { useAppearance } from '../../appearance.ts'
import { formatBytes } from '../../ui/format.ts'
import { Hyphened } from '../../ui/hyphened.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { VerdictMark, VerdictWord } from '../../ui/verdict.tsx'
import { KeptMark } from '../offline/kept-mark.tsx'
import { type Mark, markOf, markOfAll, type Selection } from './selection.ts'
import { levelOf, type TreeRow } from './tree.ts'

interface RowProps {
  row: TreeRow
  index: number
  /** px from the first row */
  top: number
  active: boolean
  selection: Selection
  /** Until when this desk keeps the scan, ISO; null where it does not. */
  kept: string | null
  onActivate: () => void
  onToggle: () => void
  onTurn: () => void
  onOpen: () => void
}

function markOfRow(row: TreeRow, selection: Selection): Mark {
  if (row.kind === 'scan') return selection.has(row.key) ? 'all' : 'none'
  if (row.kind === 'session') return markOf(selection, row.session.id, row.scans)
  if (row.kind === 'subject') return markOfAll(row.members.map((member) => markOf(selection, member.session.id, member.scans)))
  return 'none'
}

const nameOf = (row: TreeRow) =>
  row.kind === 'subject'
    ? row.label
    : row.kind === 'session'
      ? row.session.label
      : row.kind === 'scan'
        ? `${row.scan.id} ${row.scan.type}`.trim()
        : ''

/** One row. Click moves the keyboard here, the box chooses, a double click opens. */
export const TableRow = memo(
  function TableRow({ row, index, top, active, selection, kept, onActivate, onToggle, onTurn, onOpen }: RowProps) {
    const { t } = useTranslation()
    const mark = markOfRow(row, selection)
    const folder = row.kind === 'subject' || row.kind === 'session' ? row : null
    const Twist = folder?.open ? ChevronDown : ChevronRight
    return (
      <tr
        className="tree-row"
        data-kind={row.kind}
        aria-level={levelOf(row)}
        aria-rowindex={index + 2}
        aria-expanded={folder?.open}
        aria-selected={row.kind === 'note' ? undefined : mark === 'all'}
        tabIndex={active ? 0 : -1}
        style={{ transform: `translateY(${top}px)` }}
        onClick={onActivate}
        onDoubleClick={folder ? onTurn : onOpen}
      >
        <td>{row.kind !== 'note' && <Tick mark={mark} label={t('archive.selectRow', { name: nameOf(row) })} onToggle={onToggle} />}</td>
        <td>
          <span className="tree-name">
            {folder ? (
              <button
                type="button"
                tabIndex={-1}
                className="tree-twist"
                aria-hidden="true"
                onClick={onTurn}
                onDoubleClick={(event) => event.stopPropagation()}
              >
                <Twist className="icon" size={14} />
              </button>
            ) : (
              <span className="tree-twist" />
            )}
            {row.kind === 'note' ? (
              <Note note={row.note} />
            ) : (
              <span className="tree-label ellipsis">
                <Hyphened text={row.kind === 'scan' ? t('archive.scan', { id: row.scan.id }) : nameOf(row)} />
              </span>
            )}
            {kept !== null && <KeptMark until={kept} />}
            {row.kind === 'subject' && <span className="faint small">{t('archive.sessions', { count: row.members.length })}</span>}
            {row.kind === 'session' && row.scans && <span className="faint small c-count">{t('archive.scans', { count: row.scans.length })}</span>}
          </span>
        </td>
        {row.kind === 'scan' ? <ScanCells scan={row.scan} date={row.session.date} /> : <FolderCells row={row} />}
      </tr>
    )
  },
  // The callbacks close over the row alone, so that equal rows draw alike.
  (before, after) =>
    before.row === after.row &&
    before.index === after.index &&
    before.top === after.top &&
    before.active === after.active &&
    before.kept === after.kept &&
    before.selection === after.selection,
)

/** The row's box. Not a tab stop: Space on the row does the same. */
function Tick({ mark, label, onToggle }: { mark: Mark; label: string; onToggle: () => void }) {
  const box = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    if (box.current) box.current.indeterminate = mark === 'some'
  }, [mark])
  const Sign = mark === 'some' ? Minus : Check
  return (
    <span className="tick" data-state={mark}>
      <input
        autoComplete="off"
        ref={box}
        type="checkbox"
        tabIndex={-1}
        checked={mark === 'all'}
        aria-label={label}
        onChange={onToggle}
        onDoubleClick={(event) => event.stopPropagation()}
      />
      {mark !== 'none' && <Sign size={10} strokeWidth={3} aria-hidden />}
    </span>
  )
}

function Note({ note }: { note: 'listing' | 'none' | ScansideError }) {
  const { t } = useTranslation()
  if (note === 'listing')
    return (
      <span className="tree-note faint">
        <Spinner /> {t('archive.loadingScans')}
      </span>
    )
  return <span className="tree-note faint ellipsis">{note instanceof ScansideError ? note.message : t('archive.noScans')}</span>
}

function ScanCells({ scan, date }: { scan: ScanRow; date: string }) {
  const { t } = useTranslation()
  const language = useAppearance((state) => state.language)
  return (
    <>
      <td className="faint">
        <Hyphened text={date} />
      </td>
      <td>
        {scan.laterality === 'unknown' ? (
          <span className="faint" title={t('archive.eyeUnknown')}>
            ?
          </span>
        ) : (
          scan.laterality
        )}
      </td>
      <td className="ellipsis" title={[scan.type, scan.note].filter(Boolean).join(', ')}>
        {scan.type}
      </td>
      <td className="c-frames num">{scan.frames ?? ''}</td>
      <td className="c-quality soft">{scan.quality}</td>
      <td>
        <VerdictWord verdict={scan.verdict} />
      </td>
      <td className="c-with name soft ellipsis" title={scan.checkedWith ?? undefined}>
        {scan.checkedWith}
      </td>
      <td className="num">{scan.size === null ? '' : formatBytes(scan.size, language)}</td>
    </>
  )
}

/** Sum of sizes; null where one is not known. */
function sizeOf(scans: ScanRow[] | undefined): number | null {
  let sum: number | null = scans && scans.length > 0 ? 0 : null
  for (const scan of scans ?? []) sum = sum === null || scan.size === null ? null : sum + scan.size
  return sum
}

function FolderCells({ row }: { row: TreeRow }) {
  const language = useAppearance((state) => state.language)
  const scans = row.kind === 'session' ? row.scans : undefined
  const size = sizeOf(scans)
  return (
    <>
      <td className="soft">{row.kind === 'session' && <Hyphened text={row.session.date} />}</td>
      <td />
      <td />
      <td className="c-frames" />
      <td className="c-quality" />
      <td>{scans && <Mix scans={scans} />}</td>
      <td className="c-with" />
      <td className="num soft">{size === null ? '' : formatBytes(size, language)}</td>
    </>
  )
}

/** How many scans of a session have which verdict; each count stands at its verdict's own place. */
function Mix({ scans }: { scans: ScanRow[] }) {
  const { t } = useTranslation()
  const counts = new Map<Verdict, number>()
  for (const { verdict } of scans) if (verdict) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  return (
    <span className="tree-mix">
      {verdicts.map((verdict) => {
        const count = counts.get(verdict)
        return count ? (
          <span key={verdict} title={t(`verdict.${verdict}`)}>
            <VerdictMark verdict={verdict} /> {count}
            <span className="sr-only">{t(`verdict.${verdict}`)}</span>
          </span>
        ) : null
      })}
    </span>
  )
}
