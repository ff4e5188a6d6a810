/** `npm run image`: builds out/images/oct-quality-VERSION.tar.gz and loads it into the local engine, without the docker command. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ScansideError } from '../../oct/errors.ts'
import { buildImage } from './image.ts'
import { loadIfEngine } from './load.ts'

const outDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'out', 'images')

try {
  const image = await buildImage(outDir)
  console.log(`${image.reused ? 'Unchanged' : 'Built'}: ${image.name}, sha256 ${image.sha256}`)
  console.log(image.path)
  if (process.argv.includes('--no-load')) console.log('Not loaded, as asked.')
  else console.log((await loadIfEngine(image.path)) ? 'Loaded into the local engine.' : 'No engine answers here; load the archive where one does.')
} catch (error) {
  if (!(error instanceof ScansideError)) throw error
  console.error(error.message, JSON.stringify(error.details))
  process.exitCode = 1
}
