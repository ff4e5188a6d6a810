/** The window's entry: connect, mirror the stores, show. */
import './jitless.ts'
import './ui/fonts.css'
import './ui/tokens.css'
import './ui/base.css'
import './ui/controls.css'
import './ui/telling.css'
import './shell/shell.css'
import './shell/who/who.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { startAppearance } from './appearance.ts'
import { connect } from './bridge.ts'
import { watchRuns, watchSession } from './features/archive/watch-session.ts'
import { watchScreen } from './features/inbox/screen.ts'
import { watchKept } from './features/offline/watch-kept.ts'
import { warmViewer } from './features/viewer/warm-up.ts'
import { startLanguages } from './i18n/i18n.ts'
import { asScansideError, connectLab, lab } from './lab.ts'
import { Crash } from './shell/crash.tsx'
import { keepFocus } from './shell/keep-focus.ts'
import { startPlace } from './start-place.ts'
import { followLab } from './stores.ts'

const place = document.getElementById('root')
if (!place) throw new Error('index.html has no #root')
const root = createRoot(place)
await startLanguages(startAppearance())
try {
  connectLab(await connect())
  await followLab(lab)
  watchSession()
  watchRuns()
  watchKept()
  watchScreen()
  startPlace()
  keepFocus()
  root.render(<App />)
  warmViewer()
} catch (error) {
  root.render(<Crash error={asScansideError(error)} />)
}
