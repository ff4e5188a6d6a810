/** What every engine must keep, tried on a real one: runs, limits, hostile outputs, and nothing left behind. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { labelFilter, labelNames } from '../../main/engines/docker/labels.ts'
import type { InputRef } from '../../main/engines/engine.ts'
import { commonContract } from './common.ts'
import { createTrial, limits, local, megabyte, never, refusal } from './trial.ts'

/** Runs the suite against one endpoint. */
export function engineContract(address: string): void {
  const { engine, debts, install, raw, spec, ran, opened, around } = createTrial(address)

  describe(`an engine at ${address}`, () => {
    around()

    commonContract({
      engine: () => engine,
      short: () => spec('cat $(find /input -type f) > /output/results.json'),
      endless: () => spec('sleep 600'),
      input: Buffer.alloc(1000, 7),
    })

    it('says what it is', async () => {
      expect(await engine.probe()).toMatchObject({ state: 'ready', remote: false, endpoint: address, inputKinds: ['archive', 'local'] })
      expect(await engine.capacity()).toMatchObject({ cpus: expect.any(Number) })
    })

    it('carries inputs in and outputs out, with digests', async () => {
      const progress: number[] = []
      const workspace = await engine.open(spec('mkdir /output/a && cat /input/SCANS/1/VOL/x.vol /input/y.vol > /output/a/results.json'))
      opened.push(workspace)
      const staged = await workspace.stage(
        [
          { mount: 'in', ref: local('SCANS/1/VOL/x.vol', 'first ') },
          { mount: 'in', ref: local('y.vol', 'second') },
        ],
        never,
        (bytes) => progress.push(bytes),
      )
      expect(staged.map(({ path, size }) => [path, size])).toEqual([
        ['SCANS/1/VOL/x.vol', 6],
        ['y.vol', 6],
      ])
      expect(staged[0]?.sha256).toBe(createHash('sha256').update('first ').digest('hex'))
      expect(progress.at(-1)).toBe(12)
      await workspace.start(never, () => {})
      expect(await workspace.wait(never)).toEqual({ exitCode: 0, outOfMemory: false, timedOut: false })
      const outputs = await workspace.collect('out', never)
      expect(outputs.map(({ path, size }) => [path, size])).toEqual([['a/results.json', 12]])
      expect(Buffer.from(outputs[0]?.bytes ?? []).toString()).toBe('first second')
      expect(outputs[0]?.sha256).toBe(createHash('sha256').update('first second').digest('hex'))
    })

    it('streams a large input', async () => {
      const size = 64 * megabyte
      const ref: InputRef = {
        kind: 'local',
        path: 'large.vol',
        size,
        read: async () => Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(megabyte, 7))),
      }
      const { workspace } = await ran('wc -c < /input/large.vol > /output/n', {}, [ref])
      const [output] = await workspace.collect('out', never)
      expect(
        Buffer.from(output?.bytes ?? [])
          .toString()
          .trim(),
      ).toBe(String(size))
    })

    it('refuses an input that is shorter, longer or other than announced', async () => {
      const wrong = [local('a.vol', 'abc', { size: 4 }), local('a.vol', 'abc', { size: 2 }), local('a.vol', 'abc', { sha256: '0'.repeat(64) })]
      for (const ref of wrong) {
        const workspace = await engine.open(spec('true'))
        opened.push(workspace)
        await expect(workspace.stage([{ mount: 'in', ref }], never, () => {})).rejects.toEqual(refusal('integrity'))
      }
    })

    it('says that the image is gone', async () => {
      const workspace = await engine.open(spec('true', { imageId: `sha256:${'0'.repeat(64)}` }))
      opened.push(workspace)
      await expect(workspace.stage([], never, () => {})).rejects.toEqual(refusal('not-found'))
    })

    it('says that a program is not in the image, where an init stands in front by exit code 127', async () => {
      const outcome = await ran('', { argv: ['/no/such/program'] }).then(
        ({ exit }) => exit.exitCode,
        (fault: unknown) => fault,
      )
      if (outcome !== 127) expect(outcome).toEqual(refusal('image-refused'))
    })

    it('passes on why an input could not be read', async () => {
      const workspace = await engine.open(spec('true'))
      opened.push(workspace)
      const ref: InputRef = { ...local('a.vol', 'abc'), read: async () => Readable.from(failing()) }
      await expect(workspace.stage([{ mount: 'in', ref }], never, () => {})).rejects.toThrow()
    })

    it('gives argv as it is, environment and exit code', async () => {
      const { exit, text } = await ran('', { argv: ['/bin/busybox', 'sh', '-c', 'echo "$0"; echo "$A"; exit 3', '$(id) "; ls'], env: { A: 'b c' } })
      expect(text).toEqual(['$(id) "; ls', 'b c'])
      expect(exit).toMatchObject({ exitCode: 3, outOfMemory: false, timedOut: false })
    })

    it('tells both streams apart and ends the last line', async () => {
      const { lines } = await ran('echo out; sleep 0.2; echo err >&2; sleep 0.2; printf last')
      expect(lines).toEqual([
        { stream: 'stdout', text: 'out' },
        { stream: 'stderr', text: 'err' },
        { stream: 'stdout', text: 'last' },
      ])
    })

    it('is not root, has no network, no capability, no writable place but /output and /tmp', async () => {
      const { text } = await ran(
        'id -u; ls /sys/class/net; grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status; for p in / /input /bin /etc; do touch $p/x 2>/dev/null && echo "wrote $p"; done; touch /tmp/x /output/x && echo both',
      )
      expect(text.map((line) => line.replace(/\s+/g, ' '))).toEqual(['65534', 'lo', 'CapEff: 0000000000000000', 'NoNewPrivs: 1', 'both'])
    })

    it('carries labels on every container and volume', async () => {
      const one = spec('true')
      const workspace = await engine.open(one)
      opened.push(workspace)
      await workspace.stage([], never, () => {})
      await workspace.start(never, () => {})
      await workspace.wait(never)
      const filters = labelFilter(
        [labelNames.managed, '1'],
        [labelNames.run, one.runId],
        [labelNames.install, install],
        [labelNames.pid, String(process.pid)],
      )
      expect(await raw.listContainers({ all: true, filters })).toHaveLength(2)
      const { Volumes } = await raw.listVolumes({ filters })
      expect((Volumes ?? []).filter(({ Labels }) => Labels?.[labelNames.run] === one.runId && Labels?.[labelNames.install] === install)).toHaveLength(
        2,
      )
      expect(debts.all.map(({ name }) => name)).toHaveLength(4)
      const report = await workspace.wipe()
      expect(report.items).toHaveLength(4)
      for (const item of report.items) expect(item).toMatchObject({ removedAt: expect.any(String), check: expect.any(String) })
    })

    it('says when memory ran out', async () => {
      const { exit } = await ran('x=aaaaaaaaaaaaaaaa; while true; do x="$x$x"; done')
      expect(exit).toMatchObject({ outOfMemory: true })
      expect(exit.exitCode).not.toBe(0)
    })

    it('ends a run at its deadline', async () => {
      const { exit } = await ran('sleep 600', { limits: { ...limits, deadlineMs: 500 } })
      expect(exit.timedOut).toBe(true)
    })

    it('stops a run that is cancelled, even one that ignores it', async () => {
      const cancel = new AbortController()
      const workspace = await engine.open(spec('trap "" TERM; echo up; while true; do sleep 0.1; done'))
      opened.push(workspace)
      await workspace.stage([], never, () => {})
      await workspace.start(never, () => cancel.abort())
      await expect(workspace.wait(cancel.signal)).rejects.toEqual(refusal('cancelled'))
    })

    it('can be cancelled while inputs flow', async () => {
      const cancel = new AbortController()
      const workspace = await engine.open(spec('true'))
      opened.push(workspace)
      const ref: InputRef = { ...local('a.vol', ''), size: 1_000_000_000, read: async () => Readable.from(endless(() => cancel.abort())) }
      await expect(workspace.stage([{ mount: 'in', ref }], cancel.signal, () => {})).rejects.toEqual(refusal('cancelled'))
    })

    it.each([
      ['a symbolic link', 'ln -s /etc/passwd /output/results.json', 'type'],
      ['a hard link', 'echo a > /output/a; ln /output/a /output/b', 'type'],
      ['a pipe', 'mkfifo /output/p', 'type'],
      ['a backslash', "echo a > '/output/a\\\\b'", 'backslash'],
      ['a control character', 'echo a > "/output/$(printf "a\\033b")"', 'control-character'],
      ['too many files', 'for i in $(seq 30); do echo $i > /output/$i; done', 'count'],
      ['too deep a folder', 'mkdir -p /output/a/b/c/d', 'depth'],
      ['too many bytes', 'for i in 1 2 3; do head -c 1500000 /dev/zero >/output/$i; done', 'size'],
    ])('refuses outputs with %s', async (_, script, rule) => {
      const { workspace, exit } = await ran(script)
      expect(exit.exitCode).toBe(0)
      await expect(workspace.collect('out', never)).rejects.toEqual(refusal('output-refused', { rule }))
    })

    it.each([
      ['a file that is too large', 'dd if=/dev/zero of=/output/results.json bs=1M count=8; exit $?', 'size'],
      ['2 GB that are not there', 'dd if=/dev/zero of=/output/results.json bs=1 count=1 seek=2147483648; exit $?', 'size'],
      ['file after file', 'i=0; while :; do i=$((i + 1)); head -c 1000000 /dev/zero >/output/$i; sleep 0.1; done', 'size'],
      ['names without end', 'i=0; while :; do i=$((i + 1)); : >/output/$i; done', 'count'],
    ])('ends a run that writes %s', async (_, script, rule) => {
      await expect(ran(script)).rejects.toEqual(refusal('output-refused', { rule }))
    })

    it('keeps a bounded log of a flood without a line end', async () => {
      const { lines } = await ran('head -c 3000000 /dev/zero | tr "\\0" x; echo; echo end')
      const kept = lines.filter(({ stream }) => stream === 'stdout').reduce((sum, { text }) => sum + text.length, 0)
      expect(kept).toBeLessThanOrEqual(limits.logBytes)
      expect(lines.at(-1)).toMatchObject({ stream: 'scanside', text: expect.stringContaining('dropped') })
    })

    it('runs five at once', async () => {
      const runs = await Promise.all(Array.from({ length: 5 }, (_, i) => ran(`echo ${i} > /output/n`)))
      const texts = await Promise.all(
        runs.map(async ({ workspace }) =>
          Buffer.from((await workspace.collect('out', never))[0]?.bytes ?? [])
            .toString()
            .trim(),
        ),
      )
      expect(texts).toEqual(['0', '1', '2', '3', '4'])
    })

    it('wipes while the container runs, and again', async () => {
      const workspace = await engine.open(spec('sleep 600'))
      await workspace.stage([], never, () => {})
      await workspace.start(never, () => {})
      expect(await workspace.wipe()).toMatchObject({ complete: true })
      expect(await workspace.wipe()).toMatchObject({ complete: true })
    })

    it('claims no removal of what never came to be', async () => {
      const workspace = await engine.open(spec('true'))
      expect(await workspace.wipe()).toEqual({ items: [], complete: true, owed: [] })
    })
  })
}

async function* endless(onBytes: () => void): AsyncGenerator<Buffer> {
  for (let i = 0; i < 10_000; i += 1) {
    if (i === 20) onBytes()
    yield Buffer.alloc(100_000, 1)
  }
}

async function* failing(): AsyncGenerator<Buffer> {
  yield Buffer.from('a')
  throw new Error('the archive broke off')
}
