/** Finds Electron's binary; its npm package holds none, so the first start fetches it, once, for at most a minute. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const executables: Record<string, string> = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }

/** The binary's path (ELECTRON_OVERRIDE_DIST_PATH first), or a sentence saying why there is none. */
export async function findElectron(root: string, say: (line: string) => void): Promise<{ path: string } | { missing: string }> {
  const executable = executables[process.platform] ?? 'electron'
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (override) {
    const path = join(override, executable)
    return existsSync(path) ? { path } : { missing: 'ELECTRON_OVERRIDE_DIST_PATH names a folder without an Electron binary' }
  }
  const folder = join(root, 'node_modules', 'electron')
  const path = join(folder, 'dist', executable)
  if (existsSync(path)) return { path }

  const version = (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
  const tried = join(root, 'node_modules', '.cache', 'scanside', `electron-${version}-tried`)
  if (existsSync(tried)) return { missing: 'its binary could not be downloaded at an earlier start (npm run electron:download tries again)' }
  say(`Downloading Electron ${version} (once, at most a minute) …`)
  mkdirSync(dirname(tried), { recursive: true })
  writeFileSync(tried, '')
  const fetched = await run(join(folder, 'install.js'), 60_000)
  return fetched && existsSync(path) ? { path } : { missing: 'its binary could not be downloaded' }
}

function run(script: string, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (!existsSync(script)) {
      resolve(false)
      return
    }
    const child = spawn(process.execPath, [script], { stdio: 'ignore' })
    const late = setTimeout(() => child.kill('SIGKILL'), limitMs)
    child.once('error', () => resolve(false))
    child.once('exit', (code) => {
      clearTimeout(late)
      resolve(code === 0)
    })
  })
}
