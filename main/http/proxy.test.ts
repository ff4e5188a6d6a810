import { describe, expect, it } from 'vitest'
import { environmentProxy, pacProxy } from './proxy.ts'

describe('environmentProxy', () => {
  const proxy = 'http://proxy.example.org:3128'
  it.each([
    [{}, null],
    [{ HTTPS_PROXY: proxy }, proxy],
    [{ https_proxy: 'proxy.example.org:3128' }, proxy],
    [{ HTTP_PROXY: proxy }, null],
    [{ ALL_PROXY: proxy }, proxy],
    [{ HTTPS_PROXY: 'socks5://proxy.example.org' }, null],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'example.com, .example.org' }, null],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'xnat.example.org:443' }, null],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'xnat.example.org:8443' }, proxy],
    [{ HTTPS_PROXY: proxy, no_proxy: '*' }, null],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'nat.example.org' }, proxy],
    [{ HTTPS_PROXY: '' }, null],
  ])('%j', (env, expected) => {
    expect(environmentProxy(env, 'https://xnat.example.org/data')).toBe(expected)
  })
})

describe('pacProxy', () => {
  it.each([
    ['DIRECT', null],
    ['', null],
    ['PROXY proxy.example.org:3128; DIRECT', 'http://proxy.example.org:3128'],
    ['HTTPS proxy.example.org:443', 'https://proxy.example.org:443'],
    ['SOCKS5 a:1; PROXY b:2', 'http://b:2'],
    ['DIRECT; PROXY b:2', null],
  ])('%s', (answer, expected) => {
    expect(pacProxy(answer)).toBe(expected)
  })
})
