/** The folder in which an engine keeps its volumes: whether it lies on an encrypted disk (Linux only), and how much room it has. */
import type { EngineHealth } from '../engine.ts'

/** The mount a path lies on, from `/proc/self/mountinfo`: `major:minor` and file system. Null where none fits. */
export function mountOf(path: string, mountinfo: string): { device: string; type: string } | null {
  let best: { point: string; device: string; type: string } | null = null
  for (const line of mountinfo.split('\n')) {
    const [left, right] = line.split(' - ')
    const fields = left?.split(' ') ?? []
    const device = fields[2]
    const point = fields[4]?.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    const type = right?.split(' ')[0]
    if (device === undefined || point === undefined || type === undefined) continue
    const inside = point === '/' || path === point || path.startsWith(`${point}/`)
    // A later mount on the same point hides the earlier one.
    if (inside && (best === null || point.length >= best.point.length)) best = { point, device, type }
  }
  return best === null ? null : { device: best.device, type: best.type }
}

/** `read` takes a path and rejects where it is not there. Never rejects itself. */
export async function dataRootKind(root: string, read: (path: string) => Promise<string>): Promise<EngineHealth['dataRoot']> {
  try {
    const mount = mountOf(root, await read('/proc/self/mountinfo'))
    if (mount === null) return 'not-known'
    if (mount.type === 'tmpfs' || mount.type === 'ramfs') return 'in-memory'
    const uuid = await read(`/sys/dev/block/${mount.device}/dm/uuid`)
    return uuid.startsWith('CRYPT-') ? 'encrypted' : 'not-known'
  } catch {
    return 'not-known'
  }
}

/**
 * Bytes free at the data root of an engine, to be had where it lies on this computer itself and not in a virtual machine of it (`here`).
 * Null where that is not known.
 */
export async function freeAt(
  root: string,
  here: boolean,
  space: (path: string) => Promise<{ bavail: number; bsize: number }>,
): Promise<number | null> {
  if (!here || root === '') return null
  const { bavail, bsize } = await space(root)
  return bavail * bsize
}
