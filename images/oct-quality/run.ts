/** One run of the image: judge every scan under a folder and write results.json. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createCodecs } from '../../oct/codecs/index.ts'
import { carriedAs } from '../../oct/codecs/wasm-files.ts'
import { scanSets } from '../../oct/formats/sets.ts'
import { type Arguments, linesOf, noScan, opaqueInput, resultsFile } from '../../oct/quality/collection.ts'
import { judge, refusal } from '../../oct/quality/judge.ts'
import type { Results, ScanResult } from '../../oct/results.ts'
import type { ByteSource, NamedSource } from '../../oct/scan.ts'
import { fileSource, findFiles, openForReading, tooMuch } from './find.ts'

export interface RunOptions extends Arguments {
  input: string
  output: string
  /** Where the decoders lie, in `codecs/`. */
  beside: URL
  /** One line for the person who watches; no names. */
  say(line: string): void
}

/** As many as the result schema holds. */
const mostScans = 10_000

/**
 * Judges every scan found under `input` and writes `output`/results.json in one step. A scan that cannot be read has the verdict `unknown`
 * and says why.
 * @throws ScansideError not-found where there is no scan
 */
export async function run(options: RunOptions): Promise<Results> {
  const found = await findFiles(options.input)
  const sets = await scanSets(found)
  if (sets.length === 0) throw noScan(found.length)
  if (sets.length > mostScans) throw tooMuch(`more than ${mostScans} scans`)
  const codecs = createCodecs(async (name) => new Uint8Array(await readFile(new URL(carriedAs(name), options.beside))))
  const scans: ScanResult[] = []
  for (const [index, set] of sets.entries()) {
    const paths = set.map((each) => join(options.input, found[each]?.path ?? ''))
    const result = await withFiles(paths, (files, inputs) =>
      judge(files, { inputs, profile: options.profile, series: options.series, codecs }).catch((error: unknown) => refusal(error, inputs)),
    )
    scans.push(result)
    for (const line of linesOf(result, index, sets.length)) options.say(line)
  }
  const { results, text } = resultsFile(scans, options.profile)
  // Written beside and renamed: whoever finds results.json finds it whole.
  await writeFile(join(options.output, 'results.json.part'), text, { mode: 0o644 })
  await rename(join(options.output, 'results.json.part'), join(options.output, 'results.json'))
  return results
}

/** Opens the files of a scan, as long as it is judged; where one cannot be read, that is the result. */
async function withFiles(
  paths: readonly string[],
  work: (files: NamedSource[], inputs: ScanResult['inputs']) => Promise<ScanResult>,
): Promise<ScanResult> {
  const handles: FileHandle[] = []
  const inputs: ScanResult['inputs'] = []
  try {
    const files: NamedSource[] = []
    for (const path of paths) {
      const file = await openForReading(path)
      handles.push(file)
      const source = fileSource(file, (await file.stat()).size)
      inputs.push(opaqueInput(basename(path), source.size, await digest(source)))
      files.push({ name: basename(path), source })
    }
    return await work(files, inputs)
  } catch (error) {
    return refusal(error, inputs)
  } finally {
    for (const file of handles) await file.close()
  }
}

async function digest(source: ByteSource): Promise<string> {
  const hash = createHash('sha256')
  const step = 1_048_576
  for (let offset = 0; offset < source.size; offset += step) hash.update(await source.read(offset, Math.min(step, source.size - offset)))
  return hash.digest('hex')
}
