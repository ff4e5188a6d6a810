/** Binds the policy of `quit.ts`: asks before results are lost, and ends only when every service is closed. */
import { app, type BrowserWindow, dialog } from 'electron'
import type { Capabilities } from '../capabilities.ts'
import type { Services } from '../services.ts'
import { closeQuestion, keepOpen, type Phase, quitStep } from './quit.ts'

/** From here on a closed window, a quit or a signal ends Scanside in order. */
export function bindQuit(window: BrowserWindow, services: Pick<Services, 'unsaved' | 'stop'>, log: Capabilities['log']): void {
  let phase: Phase = 'open'
  let agreed = false
  let asking = false

  const stop = async () => {
    phase = 'stopping'
    // A fault while closing is in the log; it must not keep the application from ending.
    await services.stop().catch((error: unknown) => log('stop', error))
    phase = 'stopped'
    app.quit()
  }
  const ask = async () => {
    if (asking) return
    asking = true
    const { buttons, ...words } = closeQuestion(services.unsaved())
    const question = { type: 'warning' as const, ...words, buttons, defaultId: keepOpen, cancelId: keepOpen, noLink: true }
    const { response } = await dialog.showMessageBox(window, question)
    asking = false
    agreed = response !== keepOpen
    if (agreed) app.quit()
  }

  window.on('close', (event) => {
    if (quitStep(phase, phase === 'open' ? services.unsaved() : 0, agreed) !== 'ask') return
    event.preventDefault()
    void ask()
  })
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    const step = quitStep(phase, phase === 'open' ? services.unsaved() : 0, agreed)
    if (step === 'go') return
    event.preventDefault()
    if (step === 'ask') void ask()
    if (step === 'stop') void stop()
  })
}
