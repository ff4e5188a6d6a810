import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startLab, type TestLab, volume } from '../../archive/lab.fixture.ts'
import { listedFile } from '../remote/listed-file.ts'
import { digestOf, type Machine, setUp } from './machine.fixture.ts'
import { renderScript } from './script.ts'

let lab: TestLab
let machine: Machine
beforeAll(async () => {
  lab = await startLab()
})
afterAll(() => lab.stop())
beforeEach(async () => {
  machine = await setUp(lab)
})
afterEach(() => machine.stop())

const good = 'echo begin; printf \'{"a":1}\' >"$OUT/results.json"; echo end'
const published = async () => (await lab.xnat.published(machine.session)).filter(({ uri }) => uri.includes(`/${machine.job.run}/`))

describe('a run', () => {
  it('fetches, changes, computes, sends home, withdraws its token and leaves nothing', async () => {
    const { job, file, store, token } = machine
    const changes = [
      { offset: 0, length: 3, fill: 65 },
      { offset: 100, length: 150_000, fill: 0 },
      { offset: file.size - 1, length: 1, fill: 92 },
    ]
    const changed = Buffer.from(volume)
    for (const { offset, length, fill } of changes) changed.fill(fill, offset, offset + length)
    const carried = Buffer.from('carried')
    store.objects.set('input-1', carried)
    const inputs = [
      ...job.inputs.map((input) => ({ ...input, changes })),
      { mount: 'in', path: 'a/b/c.xml', size: 7, md5: '', from: { kind: 'link' as const, url: store.link('input-1') }, changes: [] },
    ]
    const pipeline = `cp "$IN/scan-1.vol" "$HERE/seen"; cp "$IN/a/b/c.xml" "$HERE/seen2"; ${good}`
    const { outcome, console, left } = await machine.run({ ...job, inputs }, pipeline)
    expect(
      console
        .trim()
        .split('\n')
        .map((line) => line.replace(`scanside ${job.run} `, '')),
    ).toEqual(expect.arrayContaining(['preparing 0/0', 'fetching 2/2', 'loading-image 0/1', 'running 0/0', 'sending 0/1', 'done 0/0']))
    expect(Buffer.compare(machine.read('seen'), changed)).toBe(0)
    const bytes = Buffer.from('{"a":1}')
    expect(outcome).toEqual({
      run: job.run,
      given: [
        { path: 'scan-1.vol', size: file.size, sha256: digestOf('sha256', changed) },
        { path: 'a/b/c.xml', size: 7, sha256: digestOf('sha256', carried) },
      ],
      exitCode: 0,
      outOfMemory: false,
      timedOut: false,
      results: { size: 7, sha256: digestOf('sha256', bytes), md5: digestOf('md5', bytes) },
      problem: null,
      tokenWithdrawn: true,
    })
    expect((await published()).map(({ size, md5 }) => [size, md5])).toEqual([[7, digestOf('md5', bytes)]])
    expect(lab.archive.gate.tokens.has(token.alias)).toBe(false)
    expect(store.objects.get('log.txt')?.toString('utf8')).toBe('begin\nend\n')
    expect(new Set(store.puts.map(({ deleteAfter }) => deleteAfter))).toEqual(new Set(['3600']))
    expect(left).toEqual([])
    expect(machine.calls()).toContain(`rm -f -v scanside-${job.run}-run`)
  })

  it('starts the container as the desk would, every value one word', async () => {
    await machine.run(machine.job, good)
    const words = machine.created()
    for (const word of [
      '--read-only',
      '--init',
      '65534:65534',
      'org.scanside.managed=1',
      `org.scanside.run=${machine.job.run}`,
      'org.scanside.install=install-1',
      'MODE=`id`',
      "it's",
      '$(id)',
    ])
      expect(words).toContain(word)
    const following = (option: string) => words[words.indexOf(option) + 1]
    expect([
      following('--network'),
      following('--cap-drop'),
      following('--security-opt'),
      following('--pids-limit'),
      following('--entrypoint'),
    ]).toEqual(['none', 'ALL', 'no-new-privileges', '64', '/bin/analyse'])
    expect([following('--memory'), following('--memory-swap')]).toEqual(['67108864', '67108864'])
  })

  it('reports through the archive where there are no links, and says nothing of a token there', async () => {
    const { job, token } = machine
    const { console } = await machine.run(
      { ...job, token: { kind: 'inline', alias: token.alias, secret: token.secret }, report: { kind: 'archive', folder: `p/1/${machine.job.run}` } },
      good,
    )
    expect(console).toContain(`scanside ${job.run} done 0/0`)
    expect((await published()).map(({ name }) => name).sort()).toEqual(['log.txt', 'outcome.json', 'progress.json', 'results.json'])
    expect(lab.archive.gate.tokens.has(token.alias)).toBe(false)
  })

  it('caps the log', async () => {
    await machine.run(machine.job, `seq 1 10000; ${good}`)
    expect(machine.store.objects.get('log.txt')?.length).toBe(2_000)
  })

  it('takes a listing without a digest for what the bytes are', async () => {
    const plain = await startLab({ checksums: false } as never)
    const other = await setUp(plain)
    try {
      expect((await other.run(other.job, good)).outcome).toMatchObject({ problem: null, results: { size: 7 } })
    } finally {
      await other.stop()
      await plain.stop()
    }
  })
})

describe('what goes wrong', () => {
  it.each([
    ['nothing written', 'true', 'no-results'],
    ['an empty file', ': >"$OUT/results.json"', 'no-results'],
    ['a link', `ln -s /etc/passwd "$OUT/results.json"`, 'output-refused'],
    ['a pipe beside it', `${good}; mkfifo "$OUT/p"`, 'output-refused'],
    ['a folder of that name', 'mkdir "$OUT/results.json"', 'output-refused'],
    ['two names of one file', `${good}; ln "$OUT/results.json" "$OUT/b"`, 'output-refused'],
    ['too many files', `${good}; for i in 1 2 3 4 5; do : >"$OUT/$i"; done`, 'output-refused'],
    ['too deep', `${good}; mkdir -p "$OUT/a/b/c"`, 'output-refused'],
    ['too large', `${good}; head -c 1000001 /dev/zero >"$OUT/b"`, 'output-refused'],
    ['a name with a line in it', `${good}; : >"$OUT/a\nb"`, 'output-refused'],
  ])('of the pipeline: %s', async (_what, pipeline, problem) => {
    const { outcome } = await machine.run(machine.job, pipeline)
    expect(outcome).toMatchObject({ problem, exitCode: 0, results: null, tokenWithdrawn: true })
    expect(await published()).toEqual([])
  })

  it('an exit with an error sends nothing', async () => {
    expect((await machine.run(machine.job, `${good}; exit 3`)).outcome).toMatchObject({ exitCode: 3, results: null, problem: null })
    expect(await published()).toEqual([])
  })

  it('want of memory', async () => {
    machine.put('oom', 'true')
    expect((await machine.run(machine.job, 'exit 137')).outcome).toMatchObject({ exitCode: 137, outOfMemory: true, results: null })
  })

  it('the pipeline’s deadline', async () => {
    const { outcome } = await machine.run({ ...machine.job, limits: { ...machine.job.limits, deadlineMs: 300 } }, 'sleep 5')
    expect(outcome).toMatchObject({ timedOut: true, results: null, problem: null })
  })

  it('the whole deadline, wherever it hangs', async () => {
    const { outcome, left } = await machine.run({ ...machine.job, wholeDeadlineMs: 1_500 }, 'sleep 10')
    expect(outcome).toMatchObject({ problem: 'deadline', results: null, tokenWithdrawn: true })
    expect(left).toEqual([])
  })

  it('the whole deadline ends what is being sent as well', async () => {
    const hanging: Socket[] = []
    const server = createServer((request, response) => {
      if (request.method === 'PUT') hanging.push(request.socket)
      else if (request.url?.includes('format=json')) response.end('{"ResultSet":{"Result":[{"URI":"\\/data\\/x\\/files\\/x.vol"}]}}')
      else response.end(volume.subarray(0, request.url?.endsWith('x.vol') ? volume.length : 1))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const archive = { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: [] }
      const inputs = machine.job.inputs.map((input) => ({ ...input, from: listedFile('/data/x/files/x.vol') }))
      const { outcome } = await machine.run({ ...machine.job, archive, inputs, wholeDeadlineMs: 4_000 }, good)
      expect(outcome).toMatchObject({ problem: 'deadline', results: null })
      expect(hanging.map(({ destroyed, readyState }) => destroyed || readyState !== 'open')).toEqual([true])
    } finally {
      for (const socket of hanging) socket.destroy()
      server.close()
    }
  })

  it('a pipeline that leaves no room to tell of it', async () => {
    const { outcome } = await machine.run(machine.job, good, (script) => script.replace('>"$S/room"; then', '>/dev/full; then'))
    expect(outcome).toMatchObject({ problem: 'disk-full', exitCode: null, results: null, tokenWithdrawn: true })
  })

  it('an engine that refuses', async () => {
    machine.put('create-exit', '1')
    expect((await machine.run(machine.job, good)).outcome).toMatchObject({ problem: 'image-refused', exitCode: null })
  })

  it('another image', async () => {
    const image = { ...machine.job.image, digest: 'f'.repeat(64) }
    expect((await machine.run({ ...machine.job, image }, good)).outcome).toMatchObject({ problem: 'image-missing' })
    machine.store.objects.set('image', Buffer.from('an archive'))
    const link = (sha256: string) => ({ ...image, source: { kind: 'link' as const, url: machine.store.link('image'), sha256 } })
    const fresh = async () => {
      const issued = await lab.session.request({ method: 'GET', path: '/data/services/tokens/issue' })
      machine.store.objects.set('token', Buffer.from(JSON.stringify(await issued.json(100_000))))
    }
    await fresh()
    expect((await machine.run({ ...machine.job, image: link('0'.repeat(64)) }, good)).outcome).toMatchObject({ problem: 'image-differs' })
    await fresh()
    const right = digestOf('sha256', Buffer.from('an archive'))
    expect((await machine.run({ ...machine.job, image: link(right) }, good)).outcome).toMatchObject({ problem: 'image-differs' })
    expect(machine.calls()).toContain('load -q -i')
  })

  it.each([
    ['input-differs', { md5: '0'.repeat(32) }],
    ['input-differs', { size: 12 }],
    ['input-missing', { from: listedFile('/data/experiments/XNAT_E00001/scans/1/resources/1/files/none.vol') }],
    ['input-missing', { from: { kind: 'link' as const, url: 'refused' } }],
  ])('an input: %s', async (problem, change) => {
    const inputs = machine.job.inputs.map((input) => {
      const changed = { ...input, ...change }
      return changed.from.kind === 'link' ? { ...changed, from: { kind: 'link' as const, url: machine.store.link('refused') } } : changed
    })
    expect((await machine.run({ ...machine.job, inputs }, good)).outcome).toMatchObject({ problem, given: [], exitCode: null, tokenWithdrawn: true })
  })

  it('a token that is not taken', async () => {
    machine.store.objects.set('token', Buffer.from('{"alias":"a-b","secret":"x"}'))
    expect((await machine.run(machine.job, good)).outcome).toMatchObject({ problem: 'token-refused' })
    expect((await machine.run({ ...machine.job, token: { kind: 'link', url: machine.store.link('refused') } }, good)).outcome).toMatchObject({
      problem: 'token-refused',
      tokenWithdrawn: false,
    })
  })

  it('an account that may not write there, to which the archive answers 200', async () => {
    const [row] = (await lab.xnat.sessions('READ', 0, 10)).rows
    const { outcome } = await machine.run({ ...machine.job, home: { ...machine.job.home, session: row?.id ?? '' } }, good)
    expect(outcome).toMatchObject({ problem: 'upload-refused', results: null })
  })

  it('a wrong clock', async () => {
    const server = createServer((_request, response) => {
      response.sendDate = false
      response.writeHead(200, { date: 'Tue, 01 Jan 2019 00:00:00 GMT' }).end('session')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const archive = { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: [] }
      expect((await machine.run({ ...machine.job, archive }, good)).outcome).toMatchObject({ problem: 'clock' })
    } finally {
      server.close()
    }
  })

  it.each([
    ['behind the order', (now: number) => ({ earliest: now + 60_000, latest: now + 120_000 }), 'clock'],
    ['long after it', (now: number) => ({ earliest: now - 120_000, latest: now - 60_000 }), 'clock'],
    ['right', (now: number) => ({ earliest: now - 300_000, latest: now + 3_600_000 }), null],
  ])('a machine’s clock that is %s: nobody is asked for the time', async (_what, reckoned, problem) => {
    const { outcome } = await machine.run({ ...machine.job, clock: reckoned(Date.now()) }, good)
    expect(outcome).toMatchObject({ problem })
    expect(renderScript({ ...machine.job, clock: reckoned(Date.now()) })).not.toMatch(/ (-k|--insecure)\b/)
  })

  it('an archive that nobody vouches for gets no secret', async () => {
    const archive = { ...machine.job.archive, ca: [] }
    const { outcome } = await machine.run({ ...machine.job, archive }, good, (script) => script.replace('retry = 4', 'retry = 0'))
    expect(outcome).toMatchObject({ problem: 'archive-unreachable', tokenWithdrawn: false })
    expect(lab.archive.gate.tokens.has(machine.token.alias)).toBe(true)
  })
})

describe('what is written', () => {
  it.each(['.example.org/x.vol', '@example.org/x.vol', ':1/x.vol', '//example.org/x.vol'])('asks the archive alone: %s', (uri) => {
    const inputs = machine.job.inputs.map((input) => ({ ...input, from: { kind: 'archive' as const, list: uri, nameDigest: '0'.repeat(64) } }))
    expect(() => renderScript({ ...machine.job, inputs })).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })

  it('names processors as every engine reads them', () => {
    expect(renderScript({ ...machine.job, limits: { ...machine.job.limits, cpus: 1 / 3 } })).toContain('|| cpus=0.33\n')
  })

  it('holds nothing this run does not need', () => {
    const { job } = machine
    const linked = renderScript(job)
    expect(linked).not.toContain(machine.token.secret)
    expect(linked).not.toMatch(/"\$engine" (pull|load)|Content-Type: application\/octet-stream' --retry/)
    const inline = renderScript({
      ...job,
      token: { kind: 'inline', alias: 'a', secret: 'b' },
      image: { ...job.image, source: { kind: 'registry', reference: 'registry.example.org/p:1' } },
      report: { kind: 'archive', folder: `p/1/${machine.job.run}` },
    })
    expect(inline).not.toMatch(/X-Delete-After|load -q/)
    expect(inline).toContain("pull -q 'registry.example.org/p:1'")
  })

  it.each([
    ['a path that leaves its mount', { inputs: [{ path: '../x' }] }],
    ['a mount that is not there', { inputs: [{ mount: 'none' }] }],
    ['a change beyond the end', { inputs: [{ changes: [{ offset: 299_999, length: 2, fill: 0 }] }] }],
    ['a mount with a colon', { mounts: [{ name: 'in', path: '/input:rw', writable: false }] }],
    ['a run with a name of its own', { run: 'a b' }],
    ['an archive in the clear', { archive: { address: 'http://xnat.example.org', ca: [] } }],
  ])('refuses %s', (_what, change) => {
    const { job } = machine
    const { inputs, ...rest } = change as { inputs?: object[] }
    const changed = { ...job, ...rest, ...(inputs ? { inputs: inputs.map((input) => ({ ...job.inputs[0], ...input })) } : {}) }
    expect(() => renderScript(changed as typeof job)).toThrow(expect.objectContaining({ name: 'ScansideError' }))
  })
})
