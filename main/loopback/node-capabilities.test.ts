import { expect, it } from 'vitest'
import { proxyFromEnvironment } from './node-capabilities.ts'

const env = { https_proxy: 'http://proxy:3128', no_proxy: 'example.org, .lab.test' }

it.each([
  ['https://xnat.example.com/', 'http://proxy:3128'],
  ['https://xnat.example.org/', null],
  ['https://a.lab.test/', null],
  ['https://notlab.test/', 'http://proxy:3128'],
  ['https://127.0.0.1:8443/', null],
  ['https://localhost/', null],
  ['http://xnat.example.com/', null],
])('%s: %s', (url, expected) => {
  expect(proxyFromEnvironment(url, env)).toBe(expected)
})
