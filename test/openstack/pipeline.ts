/** A pipeline for tests as XNAT's Container Service knows them: busybox and a script that judges nothing, but names what it was given. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { commandsLabel, layersDigest } from '../../main/engines/docker/images.ts'
import { busyboxPath } from '../engine/busybox-image.ts'
import { tarOf } from '../support/tar.ts'

export const pipelineImage = 'scanside-test/look:1.0'

/** `seconds`: how long it looks at the scans before it says something. */
const script = `#!/bin/busybox sh
set -e
seconds=$1
n=0
sep=
printf '{"schema":"1.0","pipeline":{"name":"look","version":"1.0","profile":"none"},"scans":[' >/tmp/results
for file in $(find /input -type f | sort); do
  n=$((n + 1))
  echo "scan $n"
  name=\${file##*/}
  printf '%s{"inputs":[{"name":"%s","size":%s,"sha256":"%s"}]' "$sep" "$name" "$(stat -c %s "$file")" "$(sha256sum <"$file" | cut -d ' ' -f 1)" >>/tmp/results
  printf ',"verdict":"ambiguous","action":"ask-reader","decidedBy":["Z"],"criteria":[{"id":"Z","status":"warn","value":null,"unit":"",' >>/tmp/results
  printf '"threshold":"","evidence":"own","reason":"A test pipeline saw the file."}]}' >>/tmp/results
  sep=,
done
sleep "$seconds"
printf ']}\\n' >>/tmp/results
cat /tmp/results >/output/results.json
`

const command = {
  name: 'look',
  label: 'A look at a scan',
  description: 'A test pipeline.',
  version: '1.0',
  'schema-version': '1.0',
  type: 'docker',
  image: pipelineImage,
  'override-entrypoint': true,
  'command-line': '/bin/busybox sh /look 0',
  'reserve-memory': 16,
  'limit-memory': 64,
  'limit-cpu': 1,
  mounts: [
    { name: 'input', path: '/input', writable: false },
    { name: 'output', path: '/output', writable: true },
  ],
  inputs: [],
  outputs: [{ name: 'results', required: true, mount: 'output', path: 'results.json' }],
  xnat: [
    {
      name: 'look-scan',
      label: 'A look at a scan',
      contexts: ['xnat:optScanData'],
      'external-inputs': [{ name: 'scan', type: 'Scan', required: true, 'provides-files-for-command-mount': 'input' }],
      'derived-inputs': [],
      'output-handlers': [
        { name: 'results', 'accepts-command-output': 'results', 'as-a-child-of': 'scan', type: 'Resource', label: 'SCANSIDE', format: 'JSON' },
      ],
    },
  ],
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** As `docker save` writes it. `salt` makes another image of it, which no machine has yet; `seconds`: how long it looks at the scans. */
export async function pipelineArchive(salt = '', seconds = 0): Promise<{ bytes: Buffer; digest: string; sha256: string; name: string }> {
  const name = salt === '' ? pipelineImage : `scanside-test/look-${salt}:1.0`
  const layer = await tarOf([
    { name: 'bin/', mode: 0o755 },
    { name: 'bin/busybox', mode: 0o755, body: await readFile(busyboxPath) },
    { name: 'look', mode: 0o755, body: Buffer.from(`${script}${salt === '' ? '' : `# ${salt}\n`}`) },
  ])
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: {
        Labels: { [commandsLabel]: JSON.stringify([{ ...command, image: name, 'command-line': `/bin/busybox sh /look ${seconds}` }]) },
        Env: ['PATH=/bin'],
      },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created: '1970-01-01T00:00:00Z', created_by: 'a test' }],
    }),
  )
  const configName = `${sha256(config)}.json`
  const manifest = Buffer.from(JSON.stringify([{ Config: configName, RepoTags: [name], Layers: ['layer.tar'] }]))
  const bytes = await tarOf([
    { name: configName, mode: 0o644, body: config },
    { name: 'layer.tar', mode: 0o644, body: layer },
    { name: 'manifest.json', mode: 0o644, body: manifest },
  ])
  return { bytes, digest: layersDigest([`sha256:${sha256(layer)}`]), sha256: sha256(bytes), name }
}

/** Gives it to an engine, as an administrator would put it into the machines' image. */
export async function loadPipeline(docker: Docker, salt = '', seconds = 0): Promise<void> {
  const { bytes } = await pipelineArchive(salt, seconds)
  for await (const chunk of await docker.loadImage(Readable.from([bytes]))) {
    if (String(chunk).includes('"error"')) throw new Error(String(chunk))
  }
}
