/** Starts the built application's loopback front for a test, in a folder of its own, and ends it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface RunningApplication {
  /** The address with its one-time token: opens once. */
  address(): string
  /** Its folder: owed.db, lab.db, caches. */
  home: string
  /** Everything it has printed. */
  output(): string
  /** `keep` leaves its folder for a next life. */
  stop(keep?: boolean): Promise<void>
}

/** The project's folder. */
export const root = join(import.meta.dirname, '..', '..')

/** A folder with a site file; `site` null leaves it out. `known`: a folder of an earlier life. */
export function prepareHome(site: object | null, known?: string): { home: string; env: Record<string, string> } {
  const home = known ?? mkdtempSync(join(tmpdir(), 'scanside-home-'))
  const siteFile = join(home, 'site.json')
  if (site) writeFileSync(siteFile, JSON.stringify(site, null, 2))
  return { home, env: { SCANSIDE_HOME: home, SCANSIDE_NO_BROWSER: '1', ...(site ? { SCANSIDE_SITE: siteFile } : {}) } }
}

/** Starts `out/main/loopback.js` and waits until it is ready. */
export async function startApplication(site: object | null, known?: string): Promise<RunningApplication> {
  const { home, env } = prepareHome(site, known)
  const child = spawn(process.execPath, [join(root, 'out', 'main', 'loopback.js')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (data) => (output += String(data)))
  child.stderr.on('data', (data) => (output += String(data)))
  await waitFor(() => output.includes('Scanside is ready') || child.exitCode !== null)
  const file = /^ {2}(\S+\.html)$/m.exec(output)?.[1]
  if (!file) throw new Error(`The application did not start:\n${output}`)
  return {
    home,
    output: () => output,
    address() {
      if ((statSync(file).mode & 0o777) !== 0o600) throw new Error('The file with the token can be read by others.')
      const address = /url=(http:\S+?)"/.exec(readFileSync(file, 'utf8'))?.[1]
      if (!address) throw new Error('No address in the file.')
      return address
    },
    async stop(keep = false) {
      await end(child)
      if (!keep) rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Ends a child by SIGTERM and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

/** Looks until `condition` holds; gives up after half a minute. */
export async function waitFor(condition: () => boolean): Promise<void> {
  for (let looked = 0; looked < 600 && !condition(); looked++) await new Promise((resolve) => setTimeout(resolve, 50))
}

/** Names of the files below `folder` whose bytes contain `marker`. */
export function filesWith(folder: string, marker: string): string[] {
  const bytes = Buffer.from(marker)
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = join(folder, name)
    return statSync(file).isFile() && readFileSync(file).includes(bytes)
  })
}
