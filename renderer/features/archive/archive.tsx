import { Database, FolderOpen, RotateCw } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Project } from '../../../preload/contract.ts'
import { openViewer } from '../../navigation.ts'
import { OpenFile } from '../../shell/open-file.tsx'
import { useApp } from '../../stores.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { AwayNotice } from '../offline/away-notice.tsx'
import { KeepOutcome } from '../offline/keep-outcome.tsx'
import { KeptButton } from '../offline/kept-button.tsx'
import { KeptSheet } from '../offline/kept-sheet.tsx'
import { useOffline } from '../offline/offline-store.ts'
import { RunSheet } from '../run-sheet/run-sheet.tsx'
import { chooseProject, listProjects, setFilters, useArchive } from './archive-store.ts'
import { FilterBar, SearchField } from './filter-bar.tsx'
import { anyFilter, noFilters } from './filters.ts'
import { type Chosen, chosenKey, inOrder, refOf, subjectLine, summary } from './selection.ts'
import { SelectionBar } from './selection-bar.tsx'
import { flatten, scansOf } from './tree.ts'
import { TreeTable } from './tree-table.tsx'
import './archive.css'

/** Project, subject, session, scan as one dense table; the selection below it, the run sheet beside it. */
export function Archive() {
  const { t } = useTranslation()
  const state = useArchive()
  const { sessions, scans, index, filters, turned, selection } = state
  const { rows, shownSessions } = useMemo(() => flatten({ sessions, scans, index, filters, turned }), [sessions, scans, index, filters, turned])
  const filtering = anyFilter(filters)
  const keptShown = useOffline((offline) => offline.shown) && !state.sheet

  const openScan = (chosen: Chosen) => {
    const among = selection.has(chosenKey(chosen)) ? inOrder(selection, sessions) : siblings(state, chosen)
    openViewer(refOf(chosen), among.map(refOf))
  }
  const [first] = inOrder(selection, sessions)

  return (
    <section className="page" aria-label={t('place.archive')}>
      <header className="page-bar">
        <h1>{t('place.archive')}</h1>
        <SearchField />
        <span className="grow" />
        <span className="soft small archive-state" aria-live="polite">
          <ListState shown={shownSessions} filtering={filtering} />
        </span>
        <KeptButton />
        <OpenFile quiet />
        <IconButton
          label={t('archive.again')}
          icon={RotateCw}
          onClick={() => void (state.project === null ? listProjects() : chooseProject(state.project))}
        />
      </header>
      <FilterBar />
      {rows.length > 0 && <AwayNotice />}
      <KeepOutcome />
      {state.problem && (
        <div className="archive-problem">
          <Problem
            error={state.problem}
            actions={<Button onClick={() => state.project !== null && void chooseProject(state.project)}>{t('problem.retry')}</Button>}
          />
        </div>
      )}
      <div className="archive" data-sheet={state.sheet || keptShown || undefined}>
        <div className="archive-list">
          {rows.length > 0 ? <TreeTable rows={rows} onOpen={openScan} /> : <Nothing filtering={filtering} />}
          {selection.size > 0 && <SelectionBar onOpen={() => first && openScan(first)} />}
        </div>
        {state.sheet && (
          <RunSheet
            refs={[...selection.values()].map(refOf)}
            sessions={summary(selection).sessions}
            bytes={summary(selection).bytes}
            subject={subjectLine(selection)}
            onClose={() => useArchive.setState({ sheet: false })}
          />
        )}
        {keptShown && <KeptSheet onClose={() => useOffline.setState({ shown: false })} />}
      </div>
    </section>
  )
}

/** All scans of the same session, also those a filter hides, for flipping through in the viewer. */
function siblings(state: Parameters<typeof scansOf>[0], { session, scan }: Chosen): Chosen[] {
  const known = scansOf(state, session.id) ?? []
  return known.some((row) => row.id === scan.id) ? known.map((row) => ({ session, scan: row })) : [{ session, scan }]
}

function ListState({ shown, filtering }: { shown: number; filtering: boolean }) {
  const { t } = useTranslation()
  const { project, listing, indexing, indexed, sessions } = useArchive()
  if (project === null) return null
  if (listing === 'listing')
    return (
      <>
        <Spinner /> {t('archive.listing', { count: sessions.length })}
      </>
    )
  if (indexing === 'listing')
    return (
      <>
        <Spinner /> {t('archive.readingScans', { count: indexed })}
      </>
    )
  return filtering ? t('archive.shown', { shown, total: sessions.length }) : t('archive.listed', { count: sessions.length })
}

/** What stands where the table would: why there is none, and what to do. */
function Nothing({ filtering }: { filtering: boolean }) {
  const { t } = useTranslation()
  const { t: offline } = useTranslation('offline')
  const { projects, projectsProblem, project, sessions, listing, indexing, problem } = useArchive()
  const { session } = useApp()
  if (projectsProblem && session.state === 'signed-in')
    return (
      <div className="archive-problem">
        <Problem error={projectsProblem} actions={<Button onClick={() => void listProjects()}>{t('problem.retry')}</Button>} />
      </div>
    )
  if ((projects === null || projects.length === 0) && (session.state === 'expired' || session.state === 'offline')) {
    const away = session.state === 'offline'
    return (
      <Empty icon={Database} title={t(away ? 'archive.offline' : 'archive.signIn')}>
        {away ? offline('away.none') : t('archive.signInBody')}
      </Empty>
    )
  }
  if (projects === null || listing === 'listing' || indexing === 'listing' || problem) return <div className="grow" aria-busy="true" />
  if (projects.length === 0)
    return (
      <Empty icon={Database} title={t('archive.noProjects')} actions={<Button onClick={() => void listProjects()}>{t('archive.again')}</Button>}>
        {t('archive.noProjectsBody')}
      </Empty>
    )
  if (project === null)
    return (
      <Empty icon={FolderOpen} title={t('archive.choose')} actions={<Projects projects={projects} />}>
        {t('archive.chooseBody')}
      </Empty>
    )
  if (filtering && sessions.length > 0)
    return (
      <Empty
        icon={Database}
        title={t('archive.nothingFound')}
        actions={
          <Button keys={['Esc']} onClick={() => setFilters(noFilters)}>
            {t('action.clearFilters')}
          </Button>
        }
      >
        {t('archive.nothingFoundBody')}
      </Empty>
    )
  return (
    <Empty icon={Database} title={t('archive.emptyProject')}>
      {t('archive.emptyProjectBody')}
    </Empty>
  )
}

/** As many as can be taken in at a glance; the list above the table has them all. */
const projectsShown = 6

function Projects({ projects }: { projects: Project[] }) {
  return projects.slice(0, projectsShown).map((project) => (
    <Button key={project.id} title={project.name} onClick={() => void chooseProject(project.id)}>
      {project.id}
    </Button>
  ))
}
