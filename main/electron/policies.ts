/** What the window may do, as pure functions: `wire.ts` binds them to Electron's events. Everything is denied that is not named here. */

/** The one origin a window ever shows. */
export const appOrigin = 'app://scanside'

/** Where a window or a frame may go: the application's own page, nothing else; also not when a file is dropped on it. */
export function mayNavigate(url: string): boolean {
  const parsed = parse(url)
  return parsed !== null && `${parsed.protocol}//${parsed.host}` === appOrigin && (parsed.pathname === '/' || parsed.pathname === '/index.html')
}

/** No permission is ever granted: clipboard and notifications go through the contract. */
export function mayUse(_permission: string): boolean {
  return false
}

/** No window opens another. */
export function mayOpenWindow(_url: string): boolean {
  return false
}

/** A call comes from the application's page in the main frame of a window we made, or is refused. */
export function isOwnSender(sender: { url: string; isMainFrame: boolean; known: boolean }): boolean {
  return sender.known && sender.isMainFrame && mayNavigate(sender.url)
}

/**
 * Preferences of every window. The sandbox and the isolated context are named although they are the default: a test holds them.
 * `packed`: what is installed at a desk has no developer tools, which would show and save what the window holds.
 */
export function windowPreferences(preload: string, packed: boolean) {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    // A spell checker downloads dictionaries and keeps the words it was taught.
    spellcheck: false,
    devTools: !packed,
    navigateOnDragDrop: false,
    // In memory: no cache, no storage and no cookie of the window reaches the disk.
    partition: 'scanside-memory',
  } as const
}

function parse(url: string): URL | null {
  try {
    return new URL(url)
  } catch {
    return null
  }
}
