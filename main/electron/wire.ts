/** Binds the policies to Electron's events, for the session and for every web contents that is ever created. */
import { app, type Session, session } from 'electron'
import { mayNavigate, mayOpenWindow, mayUse } from './policies.ts'

/** Denies whatever the policies do not allow. Call before the first window. */
export function wirePolicies(partition: string): Session {
  const own = session.fromPartition(partition, { cache: false })
  own.setPermissionRequestHandler((_contents, permission, answer) => answer(mayUse(permission)))
  own.setPermissionCheckHandler((_contents, permission) => mayUse(permission))
  own.setDevicePermissionHandler(() => false)
  own.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  own.setSpellCheckerEnabled(false)
  own.on('will-download', (event) => event.preventDefault())
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => ({ action: mayOpenWindow(url) ? 'allow' : 'deny' }))
    contents.on('will-attach-webview', (event) => event.preventDefault())
    const guard = (event: { preventDefault(): void; url: string }) => {
      if (!mayNavigate(event.url)) event.preventDefault()
    }
    contents.on('will-navigate', guard)
    contents.on('will-frame-navigate', guard)
    contents.on('will-redirect', guard)
  })
  return own
}
