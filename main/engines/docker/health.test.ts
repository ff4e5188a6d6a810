import { describe, expect, it } from 'vitest'
import { dataRootKind, freeAt, mountOf } from './data-root.ts'
import { isTooOld, judgeFacts } from './health.ts'
import { startFromStat, watchProcesses } from './process-start.ts'

describe('judgeFacts', () => {
  it.each([
    [{ version: '29.0', api: '1.52', os: 'linux', podman: false }, 'ready'],
    [{ version: '19.03', api: '1.40', os: 'linux', podman: false }, 'ready'],
    [{ version: '18.09', api: '1.39', os: 'linux', podman: false }, 'too-old'],
    [{ version: '28.0', api: '1.48', os: 'windows', podman: false }, 'windows-containers'],
    [{ version: '4.3.1', api: '1.41', os: 'linux', podman: true }, 'ready'],
  ])('%o', (facts, state) => {
    expect(judgeFacts(facts, false).state).toBe(state)
  })

  it('compares versions by number', () => {
    expect(isTooOld('1.9')).toBe(true)
    expect(isTooOld('2.0')).toBe(false)
    expect(isTooOld('')).toBe(false)
  })

  it('says that an engine is on another machine', () => {
    expect(judgeFacts({ version: '29.0', api: '1.52', os: 'linux', podman: false }, true).message).toContain('another machine')
  })
})

describe('the data root', () => {
  const mounts = [
    '22 1 8:1 / / rw - ext4 /dev/sda1 rw',
    '30 22 253:0 / /var rw - ext4 /dev/mapper/v rw',
    '31 30 0:40 / /var/my\\040lib rw - tmpfs tmpfs rw',
  ].join('\n')
  const read = (uuid: string) => async (path: string) => {
    if (path === '/proc/self/mountinfo') return mounts
    if (path === '/sys/dev/block/253:0/dm/uuid') return uuid
    throw new Error('ENOENT')
  }

  it('lies on the deepest mount above it', () => {
    expect(mountOf('/var/lib/docker', mounts)).toEqual({ device: '253:0', type: 'ext4' })
    expect(mountOf('/variable', mounts)).toEqual({ device: '8:1', type: 'ext4' })
  })

  it.each([
    ['/var/lib/docker', 'CRYPT-LUKS2-1', 'encrypted'],
    ['/var/lib/docker', 'LVM-1', 'not-known'],
    ['/home/docker', 'CRYPT-LUKS2-1', 'not-known'],
    ['/var/my lib/docker', '', 'in-memory'],
  ])('%s with %s is %s', async (root, uuid, kind) => {
    expect(await dataRootKind(root, read(uuid))).toBe(kind)
  })
})

describe('processes', () => {
  const stat = (start: number) => `42 (odd) name) S 1 1 1 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 1 0 ${start} 1 1`
  const linux = (files: Record<string, string>) => ({ readFile: (path: string) => files[path] ?? null, exists: () => true })
  const files = { '/proc/sys/kernel/random/boot_id': 'boot\n', '/proc/42/stat': stat(900), '/proc/7/stat': stat(100) }

  it('reads the start behind a name with brackets', () => {
    expect(startFromStat(stat(12345))).toBe('12345')
    expect(startFromStat('nonsense')).toBeNull()
  })

  it('takes a number that was given out again for another process', () => {
    const watch = watchProcesses(42, 'own', linux(files))
    expect(watch.pidStart).toBe('boot-900')
    expect(watch.isAlive(42, 'boot-900')).toBe(true)
    expect(watch.isAlive(42, 'boot-1')).toBe(false)
    expect(watch.isAlive(7, 'boot-100')).toBe(true)
    expect(watch.isAlive(7, 'boot-99')).toBe(false)
    expect(watch.isAlive(7, 'earlierboot-100')).toBe(false)
    expect(watch.isAlive(8, 'boot-1')).toBe(false)
  })

  it('without /proc never takes a living process for dead', () => {
    const watch = watchProcesses(42, 'own', { readFile: () => null, exists: (pid) => pid === 7 })
    expect(watch.pidStart).toBe('own')
    expect(watch.isAlive(42, 'another life')).toBe(false)
    expect(watch.isAlive(7, 'x')).toBe(true)
    expect(watch.isAlive(8, 'x')).toBe(false)
  })
})

describe('freeAt', () => {
  const space = async () => ({ bavail: 10, bsize: 4096 })
  it.each([
    ['a data root on this computer', '/var/lib/docker', true, 40_960],
    ['one in a virtual machine of it', '/var/lib/docker', false, null],
    ['an engine that does not say where', '', true, null],
  ])('%s', async (_, root, here, bytes) => {
    expect(await freeAt(root, here, space)).toBe(bytes)
  })
})
