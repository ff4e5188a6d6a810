/** Where clouds.yaml lies: the places every OpenStack tool looks in, in its order. Pure. */
import path from 'node:path'

export interface CloudsCandidate {
  clouds: string
  /** secure.yaml, merged over it; the first that is there. */
  secure: string[]
  /** clouds-public.yaml, which `profile` refers to; the first that is there. */
  vendor: string[]
}

type Platform = 'linux' | 'darwin' | 'win32'
type Env = Record<string, string | undefined>

const endings = ['yaml', 'yml', 'json']

/**
 * The first candidate whose `clouds` is there is the one that counts.
 * @param cwd null where the application has no working directory that means anything
 */
export const cloudsCandidates = (platform: Platform, env: Env, home: string, cwd: string | null): CloudsCandidate[] => {
  const { join, dirname } = platform === 'win32' ? path.win32 : path.posix
  const beside = (folder: string, name: string) => endings.map((ending) => join(folder, `${name}.${ending}`))
  const own = (name: string) => (env[name] ? [env[name]] : [])
  const candidate = (clouds: string): CloudsCandidate => ({
    clouds,
    secure: [...own('OS_CLIENT_SECURE_FILE'), ...beside(dirname(clouds), 'secure')],
    vendor: [...own('OS_CLIENT_VENDOR_FILE'), ...beside(dirname(clouds), 'clouds-public')],
  })
  const folders = [...(cwd === null ? [] : [cwd]), ...configFolders(platform, env, home)]
  const files = [...own('OS_CLIENT_CONFIG_FILE'), ...folders.flatMap((folder) => beside(folder, 'clouds'))]
  return [...new Set(files)].map(candidate)
}

const configFolders = (platform: Platform, env: Env, home: string): string[] => {
  const { join } = platform === 'win32' ? path.win32 : path.posix
  const unix = join(home, '.config', 'openstack')
  switch (platform) {
    case 'win32': {
      const local = env.LOCALAPPDATA ?? join(home, 'AppData', 'Local')
      const shared = env.PROGRAMDATA ?? 'C:\\ProgramData'
      return [join(local, 'OpenStack', 'openstack'), unix, join(shared, 'OpenStack', 'openstack')]
    }
    case 'darwin':
      return [join(home, 'Library', 'Application Support', 'openstack'), unix, '/Library/Application Support/openstack', '/etc/openstack']
    case 'linux':
      return [join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'openstack'), unix, '/etc/xdg/openstack', '/etc/openstack']
  }
}

/** A path a clouds.yaml names (`cacert`): `~` is the home, a relative one lies beside the file. */
export const pathInClouds = (platform: Platform, named: string, cloudsFile: string, home: string): string => {
  const { join, dirname, isAbsolute } = platform === 'win32' ? path.win32 : path.posix
  if (named === '~' || /^~[\\/]/.test(named)) return join(home, named.slice(1))
  return isAbsolute(named) ? named : join(dirname(cloudsFile), named)
}
