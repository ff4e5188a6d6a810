import { randomBytes, randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { JobInput, RemoteJob } from '../remote/job.ts'
import { listedFile } from '../remote/listed-file.ts'
import { renderScript } from './script.ts'
import { maxUserData, renderUserData } from './user-data.ts'

const container = `scanside-${randomUUID()}`
const link = (object: string) =>
  `https://swift.example.org:8080/v1/AUTH_0123456789abcdef/${container}/${object}?temp_url_sig=${randomBytes(32).toString('hex')}&temp_url_expires=1900000000`

const fetched = (): JobInput => ({
  mount: 'in',
  path: `scan-${randomUUID()}.vol`,
  size: 21_000_000,
  md5: randomBytes(16).toString('hex'),
  from: listedFile('/data/experiments/XNAT_E00012/scans/3/resources/1234/files/A%20name%20716.vol'),
  changes: [
    { offset: 40, length: 16, fill: 0 },
    { offset: 152, length: 21, fill: 0 },
  ],
})
const carried = (): JobInput => ({ ...fetched(), from: { kind: 'link', url: link('input-12') }, changes: [] })

const jobOf = (inputs: JobInput[]): RemoteJob => ({
  run: randomUUID(),
  install: randomUUID(),
  archive: {
    address: 'https://xnat.example.org',
    ca: [`-----BEGIN CERTIFICATE-----\n${randomBytes(1_000).toString('base64')}\n-----END CERTIFICATE-----`],
  },
  token: { kind: 'link', url: link('token.json') },
  image: { name: 'lab/judge:1', digest: 'a'.repeat(64), source: { kind: 'link', url: link('image'), sha256: 'b'.repeat(64) } },
  inputs,
  argv: ['/judge', '--profile', 'standard'],
  env: {},
  workingDir: null,
  mounts: [
    { name: 'in', path: '/input', writable: false },
    { name: 'out', path: '/output', writable: true },
  ],
  outputMount: 'out',
  limits: { memoryBytes: 1e9, cpus: 2, pids: 256, deadlineMs: 600_000, outputBytes: 256e6, outputFiles: 1_000, outputDepth: 8, logBytes: 2e6 },
  home: { session: 'E', name: 'judge/1/run/results.json' },
  report: { kind: 'link', progress: link('progress.json'), log: link('log.txt'), outcome: link('outcome.json'), deleteAfter: 10_000 },
  wholeDeadlineMs: 3_000_000,
})

it('is a cloud-config that carries the script, runs it and switches off', () => {
  const job = jobOf([fetched()])
  const text = renderUserData(job)
  expect(text.startsWith('#cloud-config\n')).toBe(true)
  const config = parse(text) as {
    write_files: { path: string; content: string; encoding: string; permissions: string }[]
    runcmd: string[][]
    power_state: object
  }
  const [file] = config.write_files
  expect(gunzipSync(Buffer.from(file?.content ?? '', 'base64')).toString('utf8')).toBe(renderScript(job))
  expect(file).toMatchObject({ path: '/run/scanside/job.sh', permissions: '0700', encoding: 'gz+b64' })
  expect(config.runcmd).toEqual([['/bin/sh', '/run/scanside/job.sh']])
  expect(config.power_state).toMatchObject({ mode: 'poweroff' })
})

it('is the same for the same job', () => {
  const job = jobOf([fetched()])
  expect(renderUserData(job)).toBe(renderUserData(job))
})

it.each([
  ['fetched', fetched, 400],
  ['carried', carried, 300],
] as const)('holds hundreds of inputs that are %s, and says when they are too many', (_how, input, count) => {
  expect(Buffer.byteLength(renderUserData(jobOf(Array.from({ length: count }, input))))).toBeLessThanOrEqual(maxUserData)
  expect(() => renderUserData(jobOf(Array.from({ length: 2_000 }, input)))).toThrow(
    expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining('2000 files') }),
  )
})
