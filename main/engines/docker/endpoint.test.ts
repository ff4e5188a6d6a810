import { describe, expect, it } from 'vitest'
import { isLoopback } from '../../http/address.ts'
import { describeEndpoint, type Endpoint, isRemote, parseEndpoint, refusal } from './endpoint.ts'

const tls = { ca: 'ca', cert: 'cert', key: 'key' }

describe('parseEndpoint', () => {
  it.each<[string, Endpoint | null]>([
    ['unix:///var/run/docker.sock', { kind: 'socket', path: '/var/run/docker.sock' }],
    [' /run/user/1000/docker.sock ', { kind: 'socket', path: '/run/user/1000/docker.sock' }],
    ['npipe:////./pipe/docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
    ['npipe://\\\\.\\pipe\\docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
    ['\\\\.\\pipe\\docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
    ['tcp://127.0.0.1:2375', { kind: 'tcp', host: '127.0.0.1', port: 2375, tls: null }],
    ['tcp://[::1]:4243', { kind: 'tcp', host: '::1', port: 4243, tls: null }],
    ['tcp://lab.example.org', { kind: 'tcp', host: 'lab.example.org', port: 2375, tls: null }],
    ['https://lab.example.org', { kind: 'tcp', host: 'lab.example.org', port: 2376, tls: null }],
    ['ssh://someone@lab.example.org', { kind: 'ssh', host: 'lab.example.org' }],
    ['unix://', null],
    ['npipe://docker_engine', null],
    ['fd://', null],
    ['docker', null],
    ['', null],
  ])('%s', (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint)
  })
})

describe('what may be used', () => {
  it.each<[Endpoint, boolean, boolean]>([
    [{ kind: 'socket', path: '/var/run/docker.sock' }, false, false],
    [{ kind: 'socket', path: '//./pipe/docker_engine' }, false, false],
    [{ kind: 'socket', path: '//server/pipe/docker_engine' }, true, true],
    [{ kind: 'tcp', host: '127.0.0.1', port: 2375, tls: null }, false, false],
    [{ kind: 'tcp', host: 'localhost', port: 2375, tls: null }, false, false],
    [{ kind: 'tcp', host: '10.0.0.5', port: 2375, tls: null }, true, true],
    [{ kind: 'tcp', host: '127.0.0.1.example.org', port: 2375, tls: null }, true, true],
    [{ kind: 'tcp', host: '10.0.0.5', port: 2376, tls }, true, false],
    [{ kind: 'ssh', host: 'lab.example.org' }, true, true],
  ])('%o: remote %s, refused %s', (endpoint, remote, refused) => {
    expect(isRemote(endpoint)).toBe(remote)
    expect(refusal(endpoint) !== null).toBe(refused)
  })

  it('knows loopback by number', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'LOCALHOST'].every(isLoopback)).toBe(true)
    expect(['128.0.0.1', '0.0.0.0', '127.0.0.1.nip.io', 'localhost.example.org'].some(isLoopback)).toBe(false)
  })

  it('is described without a user or a certificate', () => {
    expect(describeEndpoint({ kind: 'socket', path: '//./pipe/docker_engine' })).toBe('npipe:////./pipe/docker_engine')
    expect(describeEndpoint({ kind: 'tcp', host: '::1', port: 2376, tls })).toBe('tcp://[::1]:2376')
    expect(describeEndpoint({ kind: 'ssh', host: 'lab' })).toBe('ssh://lab')
  })
})
