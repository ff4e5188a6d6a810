import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Lock, missingPlatforms, platformOf } from './lock-platforms.ts'

it('the lock file knows every platform, so that `npm ci` takes it everywhere', () => {
  expect(missingPlatforms(JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock)).toEqual([])
})

it.each([
  ['@biomejs/cli-darwin-arm64', { os: 'darwin', cpu: 'arm64', libc: null }],
  ['@biomejs/cli-linux-x64-musl', { os: 'linux', cpu: 'x64', libc: 'musl' }],
  ['left-pad', null],
])('%s', (name, expected) => {
  expect(platformOf(name)).toEqual(expected)
})
