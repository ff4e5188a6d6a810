import { expect, it } from 'vitest'
import { proxyOf } from './proxy.ts'

it.each([
  ['DIRECT', null],
  ['PROXY proxy.example.org:3128; DIRECT', 'http://proxy.example.org:3128'],
  ['HTTPS secure:443', 'https://secure:443'],
  ['SOCKS5 s:1080', null],
  ['', null],
])('%s', (answer, expected) => {
  expect(proxyOf(answer)).toBe(expected)
})
