import { describe, expect, it } from 'vitest'
import type { RunSpec } from '../engine.ts'
import { abandoned } from './engine.ts'
import { runContainer, stageContainer } from './hardening.ts'
import { labelNames, labelsOf, namesOf, type Owner } from './labels.ts'
import type { Thing } from './removal.ts'

const owner: Owner = { install: 'this-desk', pid: 10, pidStart: 'now' }

describe('abandoned', () => {
  const thing = (labels: Partial<Record<keyof typeof labelNames, string>>): Thing => ({
    kind: 'container',
    name: 'x',
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [labelNames[key as keyof typeof labelNames], value])),
  })
  const alive = (pid: number, start: string) => pid === 20 && start === 'then'

  it.each([
    ['an earlier life of this number', { install: 'this-desk', pid: '10', pidStart: 'before', run: 'a' }, true],
    ['a process that is no more', { install: 'this-desk', pid: '30', pidStart: 'then', run: 'a' }, true],
    ['a number given out again', { install: 'this-desk', pid: '20', pidStart: 'earlier', run: 'a' }, true],
    ['a process that lives', { install: 'this-desk', pid: '20', pidStart: 'then', run: 'a' }, false],
    ['an open run of this process', { install: 'this-desk', pid: '10', pidStart: 'now', run: 'open' }, false],
    ['a run of this process that is over', { install: 'this-desk', pid: '10', pidStart: 'now', run: 'over' }, true],
    ['another installation', { install: 'other-desk', pid: '30', pidStart: 'then', run: 'a' }, false],
    ['no installation', { pid: '30', pidStart: 'then' }, false],
    ['labels that make no sense', { install: 'this-desk', pid: 'x' }, true],
  ])('%s: %o %s', (_, labels, removed) => {
    expect(abandoned([thing(labels)], owner, new Set(['open']), alive)).toHaveLength(removed ? 1 : 0)
  })
})

describe('the hardened container', () => {
  const spec: RunSpec = {
    runId: 'run',
    imageId: 'sha256:1',
    argv: ['a', 'b c'],
    env: { X: 'y=z' },
    workingDir: null,
    mounts: [
      { name: 'in', path: '/input', writable: false },
      { name: 'out', path: '/output', writable: true },
    ],
    limits: { memoryBytes: 1, cpus: 1.5, pids: 5, deadlineMs: 1, outputBytes: 1, outputFiles: 1, outputDepth: 1, logBytes: 1 },
  }
  const names = namesOf('run', 2)

  it('has no network, root, capability, swap or writable root', () => {
    const { HostConfig, User, Entrypoint, Cmd, Env } = runContainer(spec, names.container, names.volumes, {}, { flavour: 'docker', cpus: 4 })
    expect({ User, Entrypoint, Cmd, Env }).toEqual({ User: '65534:65534', Entrypoint: ['a'], Cmd: ['b c'], Env: ['X=y=z'] })
    expect(HostConfig).toMatchObject({
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: 5,
      Memory: 1,
      MemorySwap: 1,
      NanoCpus: 1_500_000_000,
      Init: true,
      IpcMode: 'private',
      AutoRemove: false,
    })
    const small = runContainer(spec, names.container, names.volumes, {}, { flavour: 'docker', cpus: 1 })
    expect(small.HostConfig?.NanoCpus).toBe(1_000_000_000)
    expect(HostConfig?.Privileged).toBeUndefined()
    expect(HostConfig?.Binds).toBeUndefined()
    expect(HostConfig?.Mounts?.map(({ Type, Target, ReadOnly }) => [Type, Target, ReadOnly])).toEqual([
      ['volume', '/input', true],
      ['volume', '/output', false],
    ])
  })

  it('keeps the image as it is where there is no command', () => {
    const options = runContainer({ ...spec, argv: null }, names.container, names.volumes, {}, { flavour: 'docker', cpus: 4 })
    expect(options.Entrypoint).toBeUndefined()
    expect(options.Cmd).toBeUndefined()
  })

  it('has a stager without network or rights', () => {
    expect(stageContainer(spec, names.stager, names.volumes, {}).HostConfig).toMatchObject({ NetworkMode: 'none', CapDrop: ['ALL'] })
  })

  it('is named and labelled by opaque ids', () => {
    expect(names).toEqual({
      stager: 'scanside-run-stage',
      container: 'scanside-run-run',
      volumes: ['scanside-run-v0', 'scanside-run-v1'],
      note: 'scanside-run-note',
    })
    expect(Object.keys(labelsOf('run', owner, 'now')).sort()).toEqual(Object.values(labelNames).sort())
  })
})
