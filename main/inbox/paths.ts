/**
 * Paths of watched folders. Windows refuses paths over 260 characters unless they begin with `\\?\`; umlauts are written in two ways (NFC, NFD) by
 * different file systems. Pure: what cannot be run here is held by tables.
 */
import path from 'node:path'
import { ScansideError } from '../../oct/errors.ts'

/** Windows' own limit is 260 with the closing NUL; a folder's is 12 less. */
const shortEnough = 247

/**
 * The path as the file system is asked for it: long Windows paths with `\\?\` (shares with `\\?\UNC\`), others as they are. Prefixed paths are taken
 * literally by Windows, so slashes and dots are resolved first.
 */
export const askablePath = (written: string, platform: NodeJS.Platform): string => {
  if (platform !== 'win32') return written
  if (/^\\\\[?.]\\/.test(written)) return written
  const whole = path.win32.normalize(written)
  if (whole.length <= shortEnough) return whole
  if (whole.startsWith('\\\\')) return `\\\\?\\UNC\\${whole.slice(2)}`
  return /^[A-Za-z]:\\/.test(whole) ? `\\\\?\\${whole}` : whole
}

/** A file below a folder, by its parts as they were listed: the listing's own letters, whatever their normal form. */
export const below = (root: string, parts: readonly string[], platform: NodeJS.Platform): string =>
  askablePath((platform === 'win32' ? path.win32 : path.posix).join(root, ...parts), platform)

/** How a place is remembered: slashes, one normal form, and no case where the file system has none. */
export const placeOf = (parts: readonly string[], platform: NodeJS.Platform): string => {
  const joined = parts.join('/').normalize('NFC')
  return platform === 'win32' || platform === 'darwin' ? joined.toLowerCase() : joined
}

/**
 * A folder as a person typed or pasted it: without quotes and closing slashes, whole.
 * @throws ScansideError `invalid-argument` where it is no whole path
 */
export const typedFolder = (typed: string, platform: NodeJS.Platform): string => {
  const plain = typed
    .trim()
    .replace(/^["'](.*)["']$/, '$1')
    .trim()
  const own = platform === 'win32' ? path.win32 : path.posix
  const whole = platform === 'win32' ? /^[A-Za-z]:[\\/]/.test(plain) || /^[\\/]{2}[^\\/?.][^\\/]*[\\/][^\\/]+/.test(plain) : plain.startsWith('/')
  if (!whole || plain.includes('\0')) {
    throw new ScansideError(
      'invalid-argument',
      platform === 'win32'
        ? 'Type the whole path of the folder, as in D:\\Export or \\\\server\\share. Nothing was changed.'
        : 'Type the whole path of the folder, as in /mnt/export. Nothing was changed.',
    )
  }
  const normal = own.normalize(plain)
  // The root of a drive keeps its slash.
  return /^([A-Za-z]:\\|\/)$/.test(normal) ? normal : normal.replace(/[\\/]+$/, '')
}

/** Whether two typed folders are the same one. */
export const samePlace = (a: string, b: string, platform: NodeJS.Platform): boolean => placeOf([a], platform) === placeOf([b], platform)
