/** The one window, and the doorway bound to it. */
import { BrowserWindow, ipcMain, Menu, type Session } from 'electron'
import type { EventName } from '../../preload/contract.ts'
import type { Bulk } from '../doorway/bulk.ts'
import type { Dispatch } from '../doorway/dispatch.ts'
import type { ServeFile } from '../doorway/files.ts'
import { appOrigin, isOwnSender, type windowPreferences } from './policies.ts'

export interface WindowParts {
  session: Session
  files: ServeFile
  bulk: Bulk
  dispatch: Dispatch
  subscribe(listener: (event: EventName, payload: unknown) => void): () => void
  preferences: ReturnType<typeof windowPreferences>
}

/** Serves `app://scanside/`: built files by GET, `/bulk/…` by the bulk function; any other host is refused. */
export function serveApp(parts: WindowParts): void {
  parts.session.protocol.handle('app', (request) => {
    const url = new URL(request.url)
    if (`${url.protocol}//${url.host}` !== appOrigin) return new Response('Not found', { status: 404 })
    if (url.pathname.startsWith('/bulk/')) return parts.bulk.handle(request)
    return parts.files(request.method, url.pathname)
  })
}

/** Binds the doorway over ipcMain. Calls of any other sender are refused with an error, so that none waits for ever. */
export function bindDoorway(parts: WindowParts, isKnown: (contentsId: number) => boolean): void {
  ipcMain.handle('scanside', (event, method: unknown, input: unknown) => {
    const frame = event.senderFrame
    const own = frame !== null && isOwnSender({ url: frame.url, isMainFrame: frame.parent === null, known: isKnown(event.sender.id) })
    if (!own) throw new Error('refused')
    return parts.dispatch(method, input)
  })
}

/** Opens the window and shows it once its first picture is there. `know` gets its contents' id before any page runs in it. */
export async function openWindow(parts: WindowParts, know: (contentsId: number) => void): Promise<BrowserWindow> {
  Menu.setApplicationMenu(null)
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Scanside',
    backgroundColor: '#181818',
    webPreferences: parts.preferences,
  })
  know(window.webContents.id)
  // The page's title could carry a label; the window's, which other programs can read, never changes.
  window.on('page-title-updated', (event) => event.preventDefault())
  const stop = parts.subscribe((event, payload) => {
    if (!window.isDestroyed()) window.webContents.send('scanside-event', event, payload)
  })
  window.on('closed', stop)
  window.once('ready-to-show', () => window.show())
  await window.loadURL(`${appOrigin}/index.html`)
  return window
}
