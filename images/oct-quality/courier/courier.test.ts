import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SessionPath } from '../../../main/archive/archive.ts'
import { startLab, type TestLab, volume } from '../../../main/archive/lab.fixture.ts'
import { outcomeSchema, progressSchema, type RemoteJob, type RemoteOutcome } from '../../../main/engines/remote/job.ts'
import { listedFile } from '../../../main/engines/remote/listed-file.ts'
import { resultsSchema } from '../../../oct/results.ts'
import { bundleEntry, codecFiles } from '../image.ts'
import { applyChanges } from './inputs.ts'

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanside-courier-'))
  await writeFile(join(folder, 'app.mjs'), await bundleEntry())
  await mkdir(join(folder, 'codecs'), { recursive: true })
  for (const { path, bytes } of codecFiles()) await writeFile(join(folder, path), bytes)
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Objects behind links, as an object store gives them. */
async function startLinks() {
  const objects = new Map<string, Buffer>()
  const history = new Map<string, string[]>()
  const server = createServer(async (request, response) => {
    const name = (request.url ?? '').slice(1)
    if (request.method === 'PUT') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      objects.set(name, Buffer.concat(chunks))
      history.set(name, [...(history.get(name) ?? []), Buffer.concat(chunks).toString()])
      response.writeHead(request.headers['x-delete-after'] === undefined ? 400 : 201).end()
    } else response.writeHead(objects.has(name) ? 200 : 404).end(objects.get(name))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { objects, history, link: (name: string) => `${base}/${name}`, stop: () => new Promise((resolve) => server.close(resolve)) }
}

describe('the image as its own courier', () => {
  let lab: TestLab
  let links: Awaited<ReturnType<typeof startLinks>>
  let token: { alias: string; secret: string }
  let job: RemoteJob
  let session: SessionPath

  beforeEach(async () => {
    lab = await startLab()
    await lab.signIn()
    links = await startLinks()
    const { signal } = new AbortController()
    token = (await (await lab.session.request({ method: 'GET', path: '/data/services/tokens/issue' })).json(100_000)) as typeof token
    links.objects.set('token', Buffer.from(JSON.stringify(token)))
    const row = (await lab.xnat.sessions('P', 0, 1)).rows[0]
    session = { project: 'P', subject: row?.subjectId ?? '', session: row?.id ?? '' }
    const [file] = await lab.xnat.scanFiles(session, '1', signal)
    if (file === undefined) throw new Error('the lab has no scan')
    job = {
      run: 'run-1',
      install: 'install-1',
      archive: { address: lab.archive.urls.https, ca: [lab.archive.ca] },
      token: { kind: 'link', url: links.link('token') },
      image: { name: 'scanside/oct-quality:2.0.0', digest: '0'.repeat(64), source: { kind: 'present' } },
      inputs: [
        {
          mount: 'input',
          path: 'SCANS/1/VOL/scan-1.vol',
          size: file.size,
          md5: file.md5,
          from: listedFile(file.uri),
          changes: [{ offset: 2, length: 3, fill: 0 }],
        },
      ],
      argv: null,
      env: {},
      workingDir: null,
      mounts: [
        { name: 'input', path: '/input', writable: false },
        { name: 'output', path: '/output', writable: true },
      ],
      outputMount: 'output',
      limits: { memoryBytes: 5e8, cpus: 1, pids: 9, deadlineMs: 30_000, outputBytes: 1e7, outputFiles: 9, outputDepth: 3, logBytes: 10_000 },
      home: { session: session.session, name: 'oct-quality/2.0.0/run-1/results.json' },
      report: { kind: 'link', progress: links.link('progress'), log: links.link('log'), outcome: links.link('outcome'), deleteAfter: 600 },
      wholeDeadlineMs: 60_000,
    }
  })
  afterEach(async () => {
    await links.stop()
    await lab.stop()
  })

  /** Runs the entry as the container would, and reads what it told. */
  async function carried(change: Partial<RemoteJob> = {}): Promise<{ code: number; text: string; outcome: RemoteOutcome | null }> {
    links.objects.set('job', Buffer.from(JSON.stringify({ ...job, ...change })))
    const env = { PATH: process.env.PATH ?? '', SCANSIDE_JOB: links.link('job'), SCANSIDE_CA: lab.archive.ca }
    const done = await new Promise<{ code: number; text: string }>((resolve) => {
      execFile(process.execPath, [join(folder, 'app.mjs')], { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), text: `${stdout}${stderr}` }),
      )
    })
    const told = links.objects.get('outcome')
    return { ...done, outcome: told === undefined ? null : outcomeSchema.parse(JSON.parse(told.toString())) }
  }
  const writes = (text: string) => [
    process.execPath,
    '-e',
    `require('node:fs').writeFileSync(process.env.SCANSIDE_OUTPUT + '/results.json', ${JSON.stringify(text)})`,
  ]
  const refused = async () => {
    const reply = await lab.http.request({
      method: 'GET',
      url: `${lab.archive.urls.https}/data/auth`,
      auth: { user: token.alias, password: token.secret },
    })
    await reply.discard()
    return reply.status === 401
  }

  it('fetches, takes out what says whose it is, judges, sends home and ends its token', async () => {
    const changed = Buffer.from(volume)
    changed.fill(0, 2, 5)
    const { code, text, outcome } = await carried()
    expect(code).toBe(0)
    expect(outcome).toMatchObject({ run: 'run-1', exitCode: 0, outOfMemory: false, timedOut: false, problem: null, tokenWithdrawn: true })
    expect(outcome?.given).toEqual([{ path: 'SCANS/1/VOL/scan-1.vol', size: volume.length, sha256: sha256(changed) }])
    const home = await lab.xnat.publishedFile(session, job.home.name, 1e6, new AbortController().signal)
    const bytes = home?.bytes ?? new Uint8Array()
    expect(outcome?.results).toEqual({ size: bytes.length, sha256: sha256(bytes), md5: md5(bytes) })
    const results = resultsSchema.parse(JSON.parse(Buffer.from(bytes).toString()))
    expect(results.scans[0]?.inputs).toEqual([
      { name: expect.stringMatching(/^scan-[0-9a-f]{16}\.vol$/), size: volume.length, sha256: sha256(changed) },
    ])
    expect(await refused()).toBe(true)
    const stages = links.history.get('progress')?.map((each) => progressSchema.parse(JSON.parse(each)).stage)
    expect(stages).toEqual(['preparing', 'fetching', 'running', 'sending', 'done'])
    expect(links.objects.get('log')?.toString()).toMatch(/progress 1\/1/)
    // Its own log is for everyone of the cloud's project.
    for (const line of text.trim().split('\n')) expect(line).toMatch(/^scanside run-1 [a-z-]+ \d+\/\d+$/)
  }, 30_000)

  it.each<[string, (job: RemoteJob) => Partial<RemoteJob>, RemoteOutcome['problem']]>([
    ['is other than announced', ({ inputs }) => ({ inputs: inputs.map((each) => ({ ...each, md5: '0'.repeat(32) })) }), 'input-differs'],
    ['is longer than announced', ({ inputs }) => ({ inputs: inputs.map((each) => ({ ...each, size: each.size - 1 })) }), 'input-differs'],
    ['is shorter than announced', ({ inputs }) => ({ inputs: inputs.map((each) => ({ ...each, size: each.size + 1 })) }), 'input-differs'],
    [
      'is not there',
      ({ inputs }) => ({
        inputs: inputs.map((each) => ({
          ...each,
          from: listedFile('/data/experiments/XNAT_E99999/scans/1/resources/VOL/files/a.vol'),
        })),
      }),
      'input-missing',
    ],
  ])(
    'sends nothing where an input %s',
    async (_, change, problem) => {
      const { outcome } = await carried(change(job))
      expect(outcome).toMatchObject({ problem, exitCode: null, results: null, tokenWithdrawn: true })
      expect(await lab.xnat.published(session)).toEqual([])
    },
    30_000,
  )

  it('runs what the job names, passes its log on up to its limit, and sends nothing of a run that failed', async () => {
    const argv = [process.execPath, '-e', `console.log('x'.repeat(20000)); process.exit(3)`]
    const { outcome } = await carried({ argv })
    expect(outcome).toMatchObject({ exitCode: 3, problem: null, results: null, tokenWithdrawn: true })
    expect(links.objects.get('log')?.toString()).toMatch(/^x{10000}\n10001 bytes of log were dropped/)
  }, 30_000)

  it('tells the program nothing of the job', async () => {
    const { outcome } = await carried({
      argv: [process.execPath, '-e', 'process.exit(Object.keys(process.env).filter((name) => /JOB|CA$/.test(name)).length)'],
    })
    expect(outcome?.exitCode).toBe(0)
  }, 30_000)

  it('ends a program at its deadline, and a job at its own', async () => {
    const endless = [process.execPath, '-e', 'setInterval(() => {}, 1000)']
    expect((await carried({ argv: endless, limits: { ...job.limits, deadlineMs: 300 } })).outcome).toMatchObject({
      timedOut: true,
      problem: null,
      results: null,
    })
    links.objects.set(
      'token',
      Buffer.from(JSON.stringify(await (await lab.session.request({ method: 'GET', path: '/data/services/tokens/issue' })).json(100_000))),
    )
    expect((await carried({ argv: endless, wholeDeadlineMs: 6_000 })).outcome).toMatchObject({
      problem: 'deadline',
      results: null,
      tokenWithdrawn: true,
    })
  }, 30_000)

  it('ends what the program has started with it', async () => {
    const left = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }).unref()`
    const started = await carried({ argv: [process.execPath, '-e', left], limits: { ...job.limits, deadlineMs: 20_000 } })
    expect(started.outcome).toMatchObject({ exitCode: 0, timedOut: false, problem: 'no-results' })
  }, 15_000)

  it.each<[string, string[], RemoteOutcome['problem']]>([
    ['no results', [process.execPath, '-e', ''], 'no-results'],
    ['empty results', writes(''), 'no-results'],
    [
      'a link for a result',
      [process.execPath, '-e', `require('node:fs').symlinkSync('/etc/passwd', process.env.SCANSIDE_OUTPUT + '/results.json')`],
      'output-refused',
    ],
    ['a program that is not there', ['/no/such/program'], 'image-refused'],
  ])(
    'names %s',
    async (_, argv, problem) => {
      expect((await carried({ argv })).outcome).toMatchObject({ problem, results: null, tokenWithdrawn: true })
    },
    30_000,
  )

  it.each<[string, Parameters<TestLab['faults']['set']>[0]]>([
    ['that breaks off while a scan flows', { path: '/files/', resetAfter: 100_000, resets: 2 }],
    ['that breaks off while the result is sent', { path: 'oct-quality', resetUploadAfter: 100, resets: 2 }],
    ['that fails for a moment', { failNext: 2 }],
  ])(
    'bears an archive %s',
    async (_, fault) => {
      lab.faults.set(fault)
      expect((await carried()).outcome).toMatchObject({ exitCode: 0, problem: null, tokenWithdrawn: true, results: { size: expect.any(Number) } })
    },
    30_000,
  )

  it('says so where the archive takes the upload and stores nothing', async () => {
    const shown = (await lab.xnat.sessions('READ', 0, 1)).rows[0]
    expect((await carried({ home: { ...job.home, session: shown?.id ?? '' } })).outcome).toMatchObject({
      problem: 'upload-refused',
      results: null,
      tokenWithdrawn: true,
    })
  }, 30_000)

  it('says when its token is refused, or gone', async () => {
    links.objects.set('token', Buffer.from(JSON.stringify({ alias: token.alias, secret: 'x'.repeat(64) })))
    expect((await carried()).outcome).toMatchObject({ problem: 'token-refused', tokenWithdrawn: true })
    links.objects.delete('token')
    expect((await carried()).outcome).toMatchObject({ problem: 'token-refused', tokenWithdrawn: false })
  }, 30_000)

  it('says nothing of its link where there is no job behind it', async () => {
    links.objects.delete('job')
    const env = { PATH: process.env.PATH ?? '', SCANSIDE_JOB: links.link('nothing') }
    const done = await new Promise<{ code: number; text: string }>((resolve) => {
      execFile(process.execPath, [join(folder, 'app.mjs')], { env }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code), text: `${stdout}${stderr}` }),
      )
    })
    expect(done.code).toBe(1)
    expect(done.text).not.toMatch(/127\.0\.0\.1|nothing"/)
  }, 30_000)
})

describe('what is taken out of a file', () => {
  it.each([1, 3, 7, 100])('is taken out whatever the pieces it comes in (%i)', (piece) => {
    const bytes = Buffer.from(Array.from({ length: 50 }, (_, i) => i + 1))
    const changes = [
      { offset: 2, length: 10, fill: 0 },
      { offset: 40, length: 100, fill: 32 },
    ]
    const expected = Buffer.from(bytes)
    expected.fill(0, 2, 12)
    expected.fill(32, 40)
    const out: Buffer[] = []
    for (let at = 0; at < bytes.length; at += piece) {
      const chunk = Buffer.from(bytes.subarray(at, at + piece))
      applyChanges(chunk, at, changes)
      out.push(chunk)
    }
    expect(Buffer.concat(out)).toEqual(expected)
  })
})
