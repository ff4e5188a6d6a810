/** Where Scanside keeps its files, per operating system. Pure: the environment comes in. */
import { posix, win32 } from 'node:path'

/** The folder for owed.db, lab.db and the encrypted caches. SCANSIDE_HOME overrides it. */
export function dataFolder(platform: NodeJS.Platform, env: Record<string, string | undefined>, home: string): string {
  if (env.SCANSIDE_HOME) return env.SCANSIDE_HOME
  if (platform === 'win32') return win32.join(env.LOCALAPPDATA ?? win32.join(home, 'AppData', 'Local'), 'Scanside')
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Scanside')
  return posix.join(env.XDG_DATA_HOME ?? posix.join(home, '.local', 'share'), 'scanside')
}
