/** One image with every attack as a pipeline of its own: busybox, a script that writes good results, and one script each. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { commandsLabel } from '../../../main/engines/docker/images.ts'
import { busyboxPath } from '../../engine/busybox-image.ts'
import { tarOf } from '../../support/tar.ts'

export interface HostilePipeline {
  name: string
  /** Lines of sh, run after `library`; they are told of nothing but the mounts. */
  script: string
  /** MB; 64 where left out. */
  memory?: number
}

/** `good` prints results that hold for everything in /input; an attack changes them on their way. */
const library = `#!/bin/busybox sh
good() {
  printf '{"schema":"1.0","pipeline":{"name":"hostile","version":"1.0","profile":"none"},"scans":['
  sep=
  for file in $(find /input -type f | sort); do
    printf '%s{"inputs":[{"name":"%s","size":%s,"sha256":"%s"}]' "$sep" "\${file##*/}" "$(stat -c %s "$file")" "$(sha256sum <"$file" | cut -d ' ' -f 1)"
    printf ',"verdict":"ambiguous","action":"ask-reader","decidedBy":["Z"],"criteria":[{"id":"Z","status":"warn","value":1.5,"unit":"",'
    printf '"threshold":"","evidence":"own","reason":"PLAIN"}]}'
    sep=,
  done
  printf ']}\\n'
}
`

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const commandOf = (image: string, { name, memory = 64 }: HostilePipeline) => ({
  name,
  label: name,
  description: 'Does what it should not, for a test.',
  version: '1.0',
  'schema-version': '1.0',
  type: 'docker',
  image,
  'override-entrypoint': true,
  'command-line': `/bin/busybox sh /attacks/${name}`,
  'limit-memory': memory,
  'limit-cpu': 1,
  mounts: [
    { name: 'input', path: '/input', writable: false },
    { name: 'output', path: '/output', writable: true },
  ],
  inputs: [],
  outputs: [{ name: 'results', required: true, mount: 'output', path: 'results.json' }],
  xnat: [
    {
      name: `${name}-scan`,
      label: name,
      contexts: ['xnat:optScanData'],
      'external-inputs': [{ name: 'scan', type: 'Scan', required: true, 'provides-files-for-command-mount': 'input' }],
      'derived-inputs': [],
      'output-handlers': [],
    },
  ],
})

/** As `docker save` writes it. */
export async function hostileArchive(name: string, pipelines: readonly HostilePipeline[]): Promise<Buffer> {
  const layer = await tarOf([
    { name: 'bin/', mode: 0o755 },
    { name: 'bin/busybox', mode: 0o4755, body: await readFile(busyboxPath) },
    { name: 'attacks/', mode: 0o755 },
    ...pipelines.map((one) => ({ name: `attacks/${one.name}`, mode: 0o755, body: Buffer.from(`${library}${one.script}\n`) })),
  ])
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Labels: { [commandsLabel]: JSON.stringify(pipelines.map((one) => commandOf(name, one))) }, Env: ['PATH=/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created: '1970-01-01T00:00:00Z', created_by: 'a test' }],
    }),
  )
  const configName = `${sha256(config)}.json`
  const manifest = Buffer.from(JSON.stringify([{ Config: configName, RepoTags: [name], Layers: ['layer.tar'] }]))
  return tarOf([
    { name: configName, mode: 0o644, body: config },
    { name: 'layer.tar', mode: 0o644, body: layer },
    { name: 'manifest.json', mode: 0o644, body: manifest },
  ])
}

/** In pieces, as an engine takes it. */
export const piecesOf = (bytes: Uint8Array): Readable => Readable.from([Buffer.from(bytes)], { objectMode: false })
