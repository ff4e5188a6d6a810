/** Where the image this project ships lies: made on demand beside the sources, packed along otherwise. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ScansideError } from '../oct/errors.ts'

const pattern = /^oct-quality-.*\.tar\.gz$/

/** The image's archive in `folder`, or null. */
export function shippedIn(folder: string): string | null {
  const file = existsSync(folder) ? readdirSync(folder).find((name) => pattern.test(name)) : undefined
  return file ? join(folder, file) : null
}

/** Builds the shipped image from the source tree, unless it is there already, and answers where it lies. */
export async function shippedFromSource(root: string, node: string, signal: AbortSignal): Promise<string> {
  const folder = join(root, 'out', 'images')
  await new Promise<void>((resolve, reject) => {
    const child = spawn(node, [join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs'), join(root, 'images', 'oct-quality', 'build.ts'), '--no-load'], {
      cwd: root,
      stdio: 'ignore',
      signal,
    })
    const failed = (cause?: unknown) =>
      new ScansideError(
        'internal',
        'The OCT quality image could not be made here. Nothing was changed. Run `npm run image` to see why.',
        {},
        { cause },
      )
    child.once('error', (error) => reject(signal.aborted ? new ScansideError('cancelled', 'Cancelled.') : failed(error)))
    child.once('exit', (code) => (code === 0 ? resolve() : reject(failed())))
  })
  const file = shippedIn(folder)
  if (!file) throw new ScansideError('not-found', 'The OCT quality image was not found after it was made. Run `npm run image` to see why.')
  return file
}
