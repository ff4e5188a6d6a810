/** Opens the window in a browser on this machine, by a file only this user can read: the token is on no command line and in no process list. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/** The page that carries the one-time token in the address's fragment, which no server and no referrer sees. */
export function redirectPage(port: number, token: string): string {
  const address = `http://127.0.0.1:${port}/#${token}`
  return `<!doctype html><meta charset="utf-8"><title>Scanside</title><meta http-equiv="refresh" content="0;url=${address}"><p><a href="${address}">Open Scanside</a></p>\n`
}

/** Writes the page to `file`, readable by this user alone. */
export function writeRedirect(file: string, port: number, token: string): void {
  writeFileSync(file, redirectPage(port, token), { mode: 0o600 })
}

/** Commands that open a file in a browser, first choice first. Chromium's family refuses to run as root without giving up its sandbox, so root does not ask it. */
export function browserCommands(platform: NodeJS.Platform, root: boolean, graphical: boolean): { command: string; args: string[] }[] {
  if (platform === 'win32') return [{ command: 'rundll32.exe', args: ['url.dll,FileProtocolHandler'] }]
  if (platform === 'darwin') return [{ command: 'open', args: [] }]
  if (!graphical) return []
  const firefox = ['firefox', 'firefox-esr']
  const chromium = ['chromium', 'chromium-browser', 'google-chrome', 'microsoft-edge']
  const names = root ? firefox : ['xdg-open', ...firefox, ...chromium]
  return names.map((command) => ({ command, args: [] }))
}

/** Tries one command after the other. Resolves with the one that started and did not fail within three seconds, or null. */
export async function openBrowser(commands: { command: string; args: string[] }[], file: string): Promise<string | null> {
  for (const { command, args } of commands) {
    if (await started(spawn(command, [...args, file], { stdio: 'ignore', detached: true }))) return command
  }
  return null
}

function started(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const settled = setTimeout(() => {
      child.unref()
      resolve(true)
    }, 3_000)
    child.once('error', () => {
      clearTimeout(settled)
      resolve(false)
    })
    child.once('exit', (code) => {
      clearTimeout(settled)
      resolve(code === 0)
    })
  })
}
