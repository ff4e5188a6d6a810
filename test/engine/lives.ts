/** One owner: what an earlier life, another process, another desk or a cut cable mean for a run. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ProcessWatch } from '../../main/engines/docker/process-start.ts'
import type { RunSpec } from '../../main/engines/engine.ts'
import { layCable } from './cable.ts'
import { openTestEngine } from './test-engine.ts'
import { createTrial, limits, local, never, refusal } from './trial.ts'

/** Runs the suite against one endpoint. */
export function livesContract(address: string): void {
  const { engine, debts, install, spec, left, opened, around } = createTrial(address)

  /** One life of this installation; `alive` says which others live beside it. */
  const life = (pidStart: string, alive: (pid: number, start: string) => boolean = () => false, pid = process.pid) => {
    const watch: ProcessWatch = {
      pid,
      pidStart,
      isAlive: (number, start) => (number === pid && start === pidStart) || alive(number, start),
      openRuns: new Set(),
    }
    return openTestEngine(address, { install, debts, process: watch })
  }
  /** A run of a life that has died since: staged, started, and watched by nobody. */
  const abandon = async (one: RunSpec, inputs = [local('a.vol', 'abc')]) => {
    const workspace = await life('an-earlier-life').engine.open(one)
    await workspace.stage(
      inputs.map((ref) => ({ mount: 'in', ref })),
      never,
      () => {},
    )
    const heard: string[] = []
    await workspace.start(never, ({ text }) => heard.push(text))
    return { workspace, heard }
  }
  const said = async (until: () => boolean) => {
    for (let turns = 0; turns < 200 && !until(); turns++) await new Promise((resolve) => setTimeout(resolve, 25))
    expect(until()).toBe(true)
  }

  describe(`lives and owners at ${address}`, () => {
    around()

    it('takes up a container that runs: its log from the first line, its exit, its results', async () => {
      const one = spec(
        'echo first; until [ -e /tmp/go ]; do i=$((i+1)); [ $i -gt 12 ] && touch /tmp/go; sleep 0.1; done; echo last; cat /input/a.vol > /output/results.json',
      )
      const { heard } = await abandon(one)
      await said(() => heard.includes('first'))
      const again = life('a-later-life')
      const workspace = await again.engine.open(one)
      opened.push(workspace)
      expect(await again.engine.reap()).toMatchObject({ items: [], complete: true })
      const lines: string[] = []
      await workspace.start(never, ({ stream, text }) => lines.push(`${stream} ${text}`))
      expect(await workspace.wait(never)).toEqual({ exitCode: 0, outOfMemory: false, timedOut: false })
      expect(lines).toEqual(['stdout first', 'stdout last'])
      const [output] = await workspace.collect('out', never)
      expect(Buffer.from(output?.bytes ?? []).toString()).toBe('abc')
      expect((await workspace.wipe()).items).toHaveLength(4)
    })

    it('takes up one that has ended meanwhile, whatever its deadline was, and collects', async () => {
      const one = spec('echo said; echo wrong >&2; echo x > /output/results.json; exit 3', { limits: { ...limits, deadlineMs: 900 } })
      const { workspace: dead } = await abandon(one)
      await dead.wait(never)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      const workspace = await life('a-later-life').engine.open(one)
      opened.push(workspace)
      const lines: string[] = []
      await workspace.start(never, ({ stream, text }) => lines.push(`${stream} ${text}`))
      expect(await workspace.wait(never)).toEqual({ exitCode: 3, outOfMemory: false, timedOut: false })
      expect(lines.sort()).toEqual(['stderr wrong', 'stdout said'])
      // Through the stager alone, as after a crash between the exit and its results.
      const third = await life('a-third-life').engine.open(one)
      expect((await third.collect('out', never)).map(({ path }) => path)).toEqual(['results.json'])
    })

    it('ends one that is taken up at the deadline of its own start', async () => {
      const one = spec('echo up; sleep 600', { limits: { ...limits, deadlineMs: 1_000 } })
      const { heard } = await abandon(one)
      await said(() => heard.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      const workspace = await life('a-later-life').engine.open(one)
      opened.push(workspace)
      await workspace.start(never, () => {})
      expect((await workspace.wait(never)).timedOut).toBe(true)
    })

    it.each(['was never staged', 'was never started'])('says of a run that %s that there is nothing to take up', async (which) => {
      const one = spec('true')
      if (which === 'was never started') await (await life('an-earlier-life').engine.open(one)).stage([], never, () => {})
      const workspace = await life('a-later-life').engine.open(one)
      opened.push(workspace)
      await expect(workspace.start(never, () => {})).rejects.toEqual(refusal('not-found'))
      // And begins anew over it, under the same names.
      expect(await workspace.wipe()).toMatchObject({ complete: true })
      const anew = await life('a-later-life').engine.open(one)
      opened.push(anew)
      await anew.stage([], never, () => {})
      await anew.start(never, () => {})
      expect(await anew.wait(never)).toMatchObject({ exitCode: 0 })
    })

    it('keeps a note beside a run for the next start, which no container of a pipeline sees', async () => {
      const note = Buffer.from('{"of":"this run"}')
      const one = spec('find / -name note.json 2>/dev/null; ls -d /scanside* 2>/dev/null; echo x > /output/results.json', { noted: true })
      const dead = await life('an-earlier-life').engine.open(one)
      await dead.stage([], never, () => {})
      await dead.note?.(note)
      const lines: string[] = []
      await dead.start(never, ({ text }) => lines.push(text))
      await dead.wait(never)
      expect(lines).toEqual([])
      const other = spec('exit 1', { noted: true })
      const failed = await life('an-earlier-life').engine.open(other)
      opened.push(failed)
      await failed.stage([], never, () => {})
      await failed.note?.(note)
      const unnoted = await abandon(spec('true'))
      opened.push(unnoted.workspace)

      const beside = life('this-life', (_, start) => start === 'an-earlier-life')
      expect(await beside.engine.noted?.()).toEqual([])
      const again = life('a-later-life')
      const found = (await again.engine.noted?.()) ?? []
      expect(found.map(({ runId, state }) => [runId, state]).sort()).toEqual(
        [
          [one.runId, 'ended-well'],
          [other.runId, 'failed'],
        ].sort(),
      )
      expect(Buffer.from(found[0]?.note ?? [])).toEqual(note)
      const workspace = await again.engine.open(one)
      expect((await workspace.collect('out', never)).map(({ path }) => path)).toEqual(['results.json'])
      expect((await workspace.wipe()).items).toHaveLength(5)
    })

    it('never touches what another installation has on the same engine', async () => {
      const theirs = openTestEngine(address, { install: randomUUID(), pidStart: 'an-earlier-life' })
      const one = spec('sleep 600')
      const workspace = await theirs.engine.open(one)
      await workspace.stage([], never, () => {})
      await workspace.start(never, () => {})
      const mine = life('this-life')
      expect(await mine.engine.reap()).toMatchObject({ items: [], complete: true })
      // Not even under the same run's id: labels name the installation.
      expect((await (await mine.engine.open({ ...one, runId: randomUUID() })).wipe()).items).toEqual([])
      expect(await workspace.wipe()).toMatchObject({ complete: true })
      expect((await workspace.wipe()).items).toHaveLength(4)
    })

    it('never touches what another process of the same installation works with, and takes what a reused number left', async () => {
      const other = life('their-life', () => false, process.pid + 1)
      const theirs = await other.engine.open(spec('sleep 600'))
      opened.push(theirs)
      await theirs.stage([], never, () => {})
      await theirs.start(never, () => {})
      const beside = life('this-life', (pid, start) => pid === process.pid + 1 && start === 'their-life')
      expect(await beside.engine.reap()).toMatchObject({ items: [], complete: true })
      expect(await left()).toHaveLength(4)
      // The same number, given out again: whoever has it now is not whoever made these.
      const later = life('this-life', (pid, start) => pid === process.pid + 1 && start === 'somebody-else')
      expect((await later.engine.reap()).items).toHaveLength(4)
      expect(await left()).toEqual([])
    })

    it('wipes what an earlier life of the same run created', async () => {
      const one = spec('true')
      const earlier = openTestEngine(address, { install, debts, pidStart: 'an-earlier-life' })
      await (await earlier.engine.open(one)).stage([], never, () => {})
      const again = await engine.open(one)
      const report = await again.wipe()
      expect(report).toMatchObject({ complete: true, owed: [] })
      expect(report.items).toHaveLength(4)
    })

    it('stages again what an earlier life began', async () => {
      const one = spec('cat /input/a.vol > /output/results.json')
      const earlier = openTestEngine(address, { install, debts, pidStart: 'an-earlier-life' })
      await (await earlier.engine.open(one)).stage([{ mount: 'in', ref: local('a.vol', 'old') }], never, () => {})
      const again = await engine.open(one)
      opened.push(again)
      await again.stage([{ mount: 'in', ref: local('a.vol', 'newer') }], never, () => {})
      await again.start(never, () => {})
      expect(await again.wait(never)).toMatchObject({ exitCode: 0 })
      const [output] = await again.collect('out', never)
      expect(Buffer.from(output?.bytes ?? []).toString()).toBe('newer')
    })

    it('says that the engine is gone instead of throwing at a wipe', async () => {
      const nowhere = openTestEngine('unix:///nonexistent/engine.sock', { debts })
      const workspace = await nowhere.engine.open(spec('true'))
      await expect(workspace.stage([], never, () => {})).rejects.toEqual(refusal('engine-unavailable'))
      const report = await workspace.wipe()
      expect(report.complete).toBe(false)
      expect(report.owed).toHaveLength(4)
      expect(debts.all).toHaveLength(4)
      expect((await nowhere.engine.reap()).complete).toBe(false)
      for (const thing of [...debts.all]) debts.settle(thing)
    })

    it('notices that the engine went away while a run was waited for, and wipes it when it is back', async () => {
      const cable = await layCable(address)
      try {
        const far = openTestEngine(cable.address, { install, debts })
        const workspace = await far.engine.open(spec('sleep 600'))
        await workspace.stage([], never, () => {})
        await workspace.start(never, () => {})
        const end = workspace.wait(never)
        // Its answer has begun by then: that is the break nobody hears.
        await new Promise((resolve) => setTimeout(resolve, 500))
        await cable.cut()
        await expect(end).rejects.toEqual(refusal('engine-unavailable'))
        expect(await workspace.wipe()).toMatchObject({ complete: false })
        await cable.mend()
        expect(await workspace.wipe()).toMatchObject({ complete: true, owed: [] })
      } finally {
        await cable.cut()
      }
    })

    it('reaps what a dead life left, and only that', async () => {
      const dead = openTestEngine(address, { install, debts, pidStart: 'an-earlier-life' })
      const other = openTestEngine(address, { pidStart: 'an-earlier-life' })
      const started = await dead.engine.open(spec('sleep 600'))
      await started.stage([], never, () => {})
      await started.start(never, () => {})
      const neverStarted = await dead.engine.open(spec('true'))
      await neverStarted.stage([], never, () => {})
      debts.incur({ runId: 'r', engine: engine.id, kind: 'volume', name: 'scanside-never-created' })
      const foreign = await other.engine.open(spec('true'))
      await foreign.stage([], never, () => {})
      const living = await engine.open(spec('true'))
      opened.push(living)
      await living.stage([], never, () => {})

      const report = await engine.reap()
      expect(report).toMatchObject({ complete: true, owed: [] })
      expect(report.items).toHaveLength(8)
      expect(await left()).toHaveLength(4)
      expect(debts.all).toHaveLength(4)
      expect(await foreign.wipe()).toMatchObject({ complete: true })
    })

    it('leaves open runs alone after another engine object was opened by the same process', async () => {
      const first = openTestEngine(address, { install, debts })
      const workspace = await first.engine.open(spec('true'))
      opened.push(workspace)
      await workspace.stage([], never, () => {})
      const second = openTestEngine(address, { install, debts, process: first.process })
      expect(await second.engine.reap()).toMatchObject({ complete: true, items: [] })
      expect(await left()).toHaveLength(4)
    })
  })
}
