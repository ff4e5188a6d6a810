import { Archive } from './features/archive/archive.tsx'
import { Cohort } from './features/cohort/cohort.tsx'
import { Inbox } from './features/inbox/inbox.tsx'
import { RunsPage } from './features/runs/runs-page.tsx'
import { Settings } from './features/settings/settings.tsx'
import { SignIn } from './features/sign-in/sign-in.tsx'
import { Viewer } from './features/viewer/viewer.tsx'
import { closeViewer, type Place, useNavigation } from './navigation.ts'
import { ErrorBoundary } from './shell/boundary.tsx'
import { DropProblem, DropZone } from './shell/drop-zone.tsx'
import { Rail } from './shell/rail.tsx'
import { StatusBar } from './shell/status-bar.tsx'
import { LockScreen } from './shell/who/lock-screen.tsx'
import { useLock } from './shell/who/use-lock.ts'
import { useApp } from './stores.ts'

const pages: Record<Place, () => React.ReactNode> = { inbox: Inbox, archive: Archive, runs: RunsPage, cohort: Cohort, settings: Settings }

/** The window's content; while the desk is locked there is nothing but its lock. */
export function App() {
  useLock()
  return useApp().people.locked ? <LockScreen /> : <OpenWindow />
}

/** One window: the rail, the place, the status bar; the viewer lies over the place, which keeps its state meanwhile. */
function OpenWindow() {
  const { place, viewer } = useNavigation()
  const signedOut = useApp().session.state === 'signed-out'
  const Page = signedOut && (place === 'archive' || place === 'cohort') ? SignIn : pages[place]
  return (
    <div className="window">
      <Rail />
      <main className="main">
        <ErrorBoundary key={signedOut ? 'sign-in' : place}>
          <div className="page" data-under={viewer !== null || undefined}>
            <Page />
          </div>
          {viewer && <Viewer scan={viewer.ref} onClose={closeViewer} />}
        </ErrorBoundary>
        <DropProblem />
      </main>
      <StatusBar />
      <DropZone />
    </div>
  )
}
