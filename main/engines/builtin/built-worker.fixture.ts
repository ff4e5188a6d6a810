/** The judging worker as the application's build makes it, for tests: bundled into a folder, its decoders beside it. */
import { copyFile, mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { nodeBundle } from '../../../images/oct-quality/bundle.ts'
import type { WasmName } from '../../../oct/codecs/index.ts'
import { carriedAs, wasmFiles } from '../../../oct/codecs/wasm-files.ts'

const { resolve } = createRequire(import.meta.url)

export async function builtWorker(folder: string): Promise<URL> {
  const outfile = join(folder, 'judge-worker.mjs')
  await build({ entryPoints: [join(import.meta.dirname, 'judge-worker.ts')], ...nodeBundle, outfile })
  for (const [name, path] of Object.entries(wasmFiles)) {
    const to = join(folder, carriedAs(name as WasmName))
    await mkdir(dirname(to), { recursive: true })
    await copyFile(resolve(path), to)
  }
  return pathToFileURL(outfile)
}
