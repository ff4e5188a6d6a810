import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { pipelineSchema } from '../../preload/contract.ts'
import { builtinImage } from '../engines/builtin/image.ts'
import type { EngineImage } from '../engines/docker/images.ts'
import { defaultLimits } from './limits.ts'
import { createPipelines, current } from './pipelines.ts'

const digest = 'abcdef0123456789'.repeat(4)

const command = (more: Record<string, unknown> = {}) => ({
  name: 'oct-quality',
  label: 'OCT quality',
  version: '1.2',
  'schema-version': '1.0',
  type: 'docker',
  image: 'lab/oct-quality:1.2',
  'command-line': 'check --in /input #threshold#',
  mounts: [
    { name: 'in', writable: false, path: '/input' },
    { name: 'out', writable: true, path: '/output/' },
  ],
  'environment-variables': { LIMIT: '#threshold#' },
  inputs: [{ name: 'threshold', type: 'number', 'command-line-flag': '--threshold', 'default-value': 15 }],
  outputs: [{ name: 'results', mount: 'out', path: 'results.json' }],
  xnat: [
    {
      name: 'on-scan',
      contexts: ['xnat:imageScanData'],
      'external-inputs': [{ name: 'scan', type: 'Scan', required: true, matcher: "'VOL' in @.resources[*].label" }],
      'derived-inputs': [
        {
          name: 'vol',
          type: 'Resource',
          'derived-from-wrapper-input': 'scan',
          matcher: "@.label == 'VOL'",
          'provides-files-for-command-mount': 'in',
        },
      ],
      'output-handlers': [{ name: 'r', 'accepts-command-output': 'results', type: 'Resource', label: 'Q', 'as-a-child-of': 'scan' }],
    },
    {
      name: 'on-session',
      contexts: ['xnat:optSessionData'],
      'external-inputs': [{ name: 'session', type: 'Session', 'provides-files-for-command-mount': 'in' }],
    },
    {
      name: 'on-mr',
      contexts: ['xnat:mrSessionData'],
      'external-inputs': [{ name: 'session', type: 'Session', 'provides-files-for-command-mount': 'in' }],
    },
  ],
  ...more,
})

const image = (label: unknown, more: Partial<EngineImage> = {}): EngineImage => ({
  id: 'sha256:1',
  names: ['lab/oct-quality:1.2'],
  digest,
  architecture: 'amd64',
  os: 'linux',
  labels: { 'org.nrg.commands': typeof label === 'string' ? label : JSON.stringify(label) },
  entrypoint: [],
  cmd: [],
  ...more,
})

const desk = (label: unknown, more: Partial<EngineImage> = {}, parts: Partial<Parameters<typeof createPipelines>[0]> = {}) =>
  createPipelines({ images: async () => [image(label, more)], ...parts })

const scanId = 'sha256:1|oct-quality|on-scan'

describe('list', () => {
  it('offers every wrapper made for OCT, as the contract wants it', async () => {
    const rows = await desk([command()]).list()
    for (const row of rows) expect(pipelineSchema.parse(row)).toEqual(row)
    expect(rows.map(({ id, context, refused }) => [id, context, refused])).toEqual([
      [scanId, 'scan', null],
      ['sha256:1|oct-quality|on-session', 'session', null],
    ])
    expect(rows[0]).toMatchObject({ name: 'oct-quality', version: '1.2', image: 'lab/oct-quality:1.2', digest: digest.slice(0, 12) })
    expect(rows[0]?.inputs).toMatchObject([{ name: 'threshold', type: 'number', defaultValue: '15', required: false }])
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a set-up container', { type: 'docker-setup' }, /set-up/],
    ['a wrap-up container', { type: 'docker-wrapup' }, /wrap-up/],
    ['the network', { network: 'host' }, /network/],
    ['ports', { ports: { '80': '8080' } }, /ports/],
    ['a GPU', { gpus: { count: 1 } }, /GPU/],
    ['secrets', { secrets: [{ source: 'x' }] }, /secrets/],
    ['full rights', { privileged: true }, /privileged/],
    ['orchestration', { orchestration: { x: 1 } }, /several containers/],
    ['shared memory', { 'ipc-mode': 'host' }, /memory shared/],
    [
      'a mount over /proc',
      {
        mounts: [
          { name: 'in', path: '/proc/x' },
          { name: 'out', path: '/output', writable: true },
        ],
      },
      /not allowed/,
    ],
    [
      'a mount that climbs',
      {
        mounts: [
          { name: 'in', path: '/a/../etc' },
          { name: 'out', path: '/output', writable: true },
        ],
      },
      /not allowed/,
    ],
    ['no place for results', { mounts: [{ name: 'in', path: '/input' }], outputs: [] }, /no folder for its results/],
  ])('refuses %s by name', async (_, more, sentence) => {
    const rows = await desk([command(more)]).list()
    expect(rows[0]?.refused).toMatch(sentence)
    await expect(desk([command(more)]).plan(scanId, {})).rejects.toEqual(expect.objectContaining({ code: 'not-supported' }))
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a set-up command',
      {
        'derived-inputs': [
          { name: 'r', type: 'Resource', 'derived-from-wrapper-input': 'scan', 'via-setup-command': 'x:y', 'provides-files-for-command-mount': 'in' },
        ],
      },
      /set-up/,
    ],
    ['a wrap-up command', { 'output-handlers': [{ name: 'a', 'via-wrapup-command': 'x:y' }] }, /wrap-up/],
    [
      'a filter nobody understands',
      {
        'external-inputs': [{ name: 'scan', type: 'Scan', matcher: '@.type =~ /x/', 'provides-files-for-command-mount': 'in' }],
        'derived-inputs': [],
      },
      /filter/,
    ],
    ['no files', { 'derived-inputs': [] }, /which files/],
    ['a project', { 'external-inputs': [{ name: 'p', type: 'Project', 'provides-files-for-command-mount': 'in' }], 'derived-inputs': [] }, /Project/],
  ])('refuses a wrapper with %s by name', async (_, more, sentence) => {
    const base = command()
    const rows = await desk([{ ...base, xnat: [{ ...base.xnat[0], ...more }] }]).list()
    expect(rows[0]?.refused).toMatch(sentence)
  })

  it("keeps the archive's labels out of the container", async () => {
    const base = command({ inputs: [{ name: 'who', required: true }], 'command-line': 'run #who#' })
    const naming = {
      name: 'label',
      type: 'string',
      'derived-from-wrapper-input': 'scan',
      'derived-from-xnat-object-property': 'label',
      'provides-value-for-command-input': 'who',
    }
    const first = base.xnat[0]
    const rows = await desk([{ ...base, xnat: [{ ...first, 'derived-inputs': [...(first?.['derived-inputs'] ?? []), naming] }] }]).list()
    expect(rows[0]?.refused).toMatch(/archive's name/)
  })

  it.each([
    ['not JSON', '{'],
    ['no list', '{"name":"x"}'],
    ['a command without a name', '[{"type":"docker"}]'],
    ['inputs of the wrong kind', '[{"name":"x","inputs":"all"}]'],
  ])('shows an image whose label is %s, with a sentence', async (_, label) => {
    const rows = await desk(label).list()
    expect(rows).toHaveLength(1)
    expect(pipelineSchema.parse(rows[0]).refused).toMatch(/cannot be read/)
  })

  it('says where the site does not allow an image', async () => {
    const strict = desk([command()], {}, { allowed: () => false })
    expect((await strict.list())[0]?.refused).toMatch(/allows/)
    await expect(strict.plan(scanId, {})).rejects.toEqual(expect.objectContaining({ code: 'image-refused' }))
  })
})

describe('plan', () => {
  it('has everything a run needs', async () => {
    const plan = await desk([command()]).plan(scanId, { threshold: '20' })
    expect(plan).toMatchObject({
      context: 'scan',
      pipeline: { name: 'oct-quality', version: '1.2' },
      image: { id: 'sha256:1', name: 'lab/oct-quality:1.2', digest },
      argv: ['check', '--in', '/input', '--threshold', '20'],
      env: { LIMIT: '--threshold 20' },
      workingDir: null,
      mounts: [
        { name: 'in', path: '/input', writable: false },
        { name: 'out', path: '/output', writable: true },
      ],
      limits: defaultLimits,
      outputMount: 'out',
    })
    expect(plan.inputs).toMatchObject([{ mount: 'in', layout: 'resource' }])
    expect(plan.inputs[0]?.accepts({ label: 'VOL', format: 'x' })).toBe(true)
    expect(plan.inputs[0]?.accepts({ label: 'SNAPSHOTS', format: 'x' })).toBe(false)
    expect(plan.acceptsScan?.({ resources: [{ label: 'VOL', format: '' }] })).toBe(true)
    expect(plan.acceptsScan?.({ resources: [] })).toBe(false)
  })

  it("keeps the image's entry in front unless the command replaces it", async () => {
    const entry = { entrypoint: ['/bin/tool', '--quiet'] }
    expect((await desk([command()], entry).plan(scanId, {})).argv?.slice(0, 3)).toEqual(['/bin/tool', '--quiet', 'check'])
    expect((await desk([command({ 'override-entrypoint': true })], entry).plan(scanId, {})).argv?.[0]).toBe('check')
    expect((await desk([command({ 'command-line': null })], entry).plan(scanId, {})).argv).toBeNull()
  })

  it('gives limits of the command, never more than the engine has', async () => {
    const capacity = async () => ({ cpus: 4, memoryBytes: 2 * 1024 ** 3 })
    const limited = async (more: Record<string, unknown>) => (await desk([command(more)], {}, { capacity }).plan(scanId, {})).limits
    expect(await limited({ 'limit-memory': 512, 'limit-cpu': 0.5 })).toMatchObject({ memoryBytes: 512 * 1024 ** 2, cpus: 0.5 })
    expect(await limited({ 'limit-memory': 64_000, 'limit-cpu': 64 })).toMatchObject({ memoryBytes: 2 * 1024 ** 3, cpus: 4 })
  })

  it('refuses a value before anything is created', async () => {
    await expect(desk([command()]).plan(scanId, { threshold: 'high' })).rejects.toEqual(expect.objectContaining({ code: 'invalid-argument' }))
  })

  it('says that a pipeline is gone', async () => {
    await expect(desk([command()]).plan('sha256:2|oct-quality|on-scan', {})).rejects.toEqual(expect.objectContaining({ code: 'not-found' }))
  })

  it('does not take what the person may not set', async () => {
    const base = command()
    const fixed = { name: 'fixed', type: 'number', 'default-value': 7, 'user-settable': false, 'provides-value-for-command-input': 'threshold' }
    const first = base.xnat[0]
    const label = [{ ...base, xnat: [{ ...first, 'external-inputs': [...(first?.['external-inputs'] ?? []), fixed] }] }]
    expect((await desk(label).list())[0]?.inputs).toEqual([])
    expect((await desk(label).plan(scanId, { fixed: '99', threshold: '99' })).argv).toContain('7')
  })
})

describe('leftovers of earlier builds', () => {
  const label = [command()]
  it('are left out where the same commands have a name', () => {
    const named = image(label, { id: 'new', names: ['lab/oct-quality:1.2'] })
    expect(current([image(label, { id: 'old', names: [] }), named]).map(({ id }) => id)).toEqual(['new'])
  })
  it('stay where nothing replaced them', () => {
    expect(current([image(label, { id: 'only', names: [] })])).toHaveLength(1)
  })
})

describe('what the application runs itself', () => {
  const builtin = builtinImage('0.1.0')
  const unavailable = new ScansideError('engine-unavailable', 'No engine.')

  it('is there without any engine, with series and profile, and needs no permission', async () => {
    const pipelines = createPipelines({ images: () => Promise.reject(unavailable), builtin, allowed: () => false })
    const rows = await pipelines.list()
    expect(rows.map(({ label, context, builtin: own, refused }) => [label, context, own, refused])).toEqual([
      ['OCT quality of a scan (this application)', 'scan', true, null],
      ['OCT quality of a session (this application)', 'session', true, null],
    ])
    for (const row of rows) expect(pipelineSchema.parse(row).inputs.map(({ name }) => name)).toEqual(['series', 'profile'])
    const plan = await pipelines.plan(rows[0]?.id ?? '', { series: 'false' })
    expect(plan).toMatchObject({ engine: 'builtin', takesProfile: true, pipeline: { name: 'oct-quality', version: '2.0.0' } })
    expect(plan.argv).toEqual(['/node', '/app.mjs', '--series=false', '--profile=oscar-ib-2'])
    await expect(pipelines.plan('sha256:1|oct-quality|on-scan', {})).rejects.toMatchObject({ code: 'engine-unavailable' })
  })

  it('stands beside the containers, and a fault of the engine is still told', async () => {
    const beside = createPipelines({ images: async () => [image([command()])], builtin })
    expect((await beside.list()).filter((row) => !row.builtin).length).toBeGreaterThan(0)
    const broken = createPipelines({ images: () => Promise.reject(new ScansideError('timeout', 'Silent.')), builtin })
    await expect(broken.list()).rejects.toMatchObject({ code: 'timeout' })
  })

  it('of two versions of one pipeline lists the newer first', async () => {
    const versions = ['1.9', '1.10', '1.2'].map((version, i) => image([command({ version })], { id: `sha256:${i}`, names: [`lab/oct:${version}`] }))
    const rows = await createPipelines({ images: async () => versions, builtin }).list()
    expect(rows.filter(({ context, builtin: own }) => context === 'scan' && !own).map(({ version }) => version)).toEqual(['1.10', '1.9', '1.2'])
  })
})

describe('the place a pipeline runs in', () => {
  const distant = image([command({ 'reserve-memory': 6_000, 'limit-memory': undefined })], {
    id: 'cloud:1',
    digest: 'f'.repeat(64),
    names: ['lab/other:1'],
  })
  const both = () =>
    createPipelines({
      images: async () => [image([command({ 'limit-memory': 32_000, 'limit-cpu': 16 })]), image([command()], { id: 'sha256:2', digest: '' })],
      builtin: builtinImage('1.0.0'),
      remote: () => [distant, image([command()], { id: 'cloud:2' })],
      allowed: (one) => one.id !== 'cloud:1',
      capacity: async () => ({ cpus: 4, memoryBytes: 8e9 }),
    })

  it('is said of each: an image with a digest runs in both, one the site names in the cloud alone, this application here alone', async () => {
    const rows = await both().list()
    const placesOf = (start: string) => rows.filter(({ id }) => id.startsWith(start)).map(({ places }) => places)
    expect(placesOf('sha256:1|')).toEqual([
      ['here', 'cloud'],
      ['here', 'cloud'],
    ])
    expect(placesOf('sha256:2|').flat()).toEqual(['here', 'here'])
    expect(placesOf('cloud:1|').flat()).toEqual(['cloud', 'cloud'])
    expect(rows.filter(({ builtin }) => builtin).every(({ places }) => places?.join() === 'here')).toBe(true)
    expect(placesOf('cloud:2|'), 'the one on the engine stands for it').toEqual([])
    expect(rows.find(({ id }) => id.startsWith('cloud:1|'))?.refused).toBeNull()
  })

  it('decides the engine and the limits: a machine is not bounded by what this desk has', async () => {
    const here = await both().plan(scanId, {})
    expect([here.engine, here.limits.cpus, here.limits.memoryBytes]).toEqual(['container', 4, 8e9])
    const there = await both().plan(scanId, {}, 'cloud')
    expect([there.engine, there.limits.cpus, there.limits.memoryBytes]).toEqual(['cloud', 16, 32_000 * 1024 * 1024])
    const reserved = await both().plan('cloud:1|oct-quality|on-scan', {}, 'cloud')
    expect(reserved.limits.memoryBytes).toBe(6_000 * 1024 * 1024)
  })

  it('refuses the other with a sentence', async () => {
    const own = (await both().list()).find(({ builtin }) => builtin)?.id ?? ''
    await expect(both().plan(own, {}, 'cloud')).rejects.toMatchObject({
      code: 'not-supported',
      message: expect.stringContaining('this computer alone'),
    })
    await expect(both().plan('sha256:2|oct-quality|on-scan', {}, 'cloud')).rejects.toThrow('this very image')
    await expect(both().plan('cloud:1|oct-quality|on-scan', {}, 'here')).rejects.toThrow('run it in the cloud')
    expect(await both().outlook?.('cloud:1|oct-quality|on-scan')).toEqual({
      pipeline: { name: 'oct-quality', version: '1.2' },
      context: 'scan',
      places: ['cloud'],
      lane: 'container',
    })
    await expect(both().outlook?.('gone')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is the cloud where no engine answers here', async () => {
    const away = createPipelines({ images: () => Promise.reject(new ScansideError('engine-unavailable', 'Away.')), remote: () => [distant] })
    expect((await away.list()).map(({ places }) => places)).toEqual([['cloud'], ['cloud']])
    expect((await away.plan('cloud:1|oct-quality|on-scan', {}, 'cloud')).image.digest).toBe('f'.repeat(64))
  })
})
