import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listensHere, redirectName, redirectPort, removeStaleRedirects } from './stale.ts'

it.each([
  ['scanside-41234.html', 41234],
  ['scanside-65536.html', null],
  ['scanside-041234.html', null],
  ['scanside-80.html', null],
  ['scanside-notes.html', null],
  ['my-scanside-41234.html', null],
  ['scanside-41234.html.bak', null],
])('%s names port %s', (name, port) => {
  expect(redirectPort(name)).toBe(port)
  if (port !== null) expect(redirectName(port)).toBe(name)
})

it('removes only the files of fronts that are gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scanside-redirects-'))
  for (const name of ['scanside-41234.html', 'scanside-41235.html', 'scanside-notes.html', 'letter.html']) writeFileSync(join(folder, name), '')
  await removeStaleRedirects(folder, async (port) => port === 41235)
  expect(readdirSync(folder).sort()).toEqual(['letter.html', 'scanside-41235.html', 'scanside-notes.html'])
  await removeStaleRedirects(join(folder, 'not-there'), async () => false)
  rmSync(folder, { recursive: true })
})

it('tells a port at which somebody listens', async () => {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect(await listensHere(port)).toBe(true)
  await new Promise((resolve) => server.close(resolve))
  expect(await listensHere(port)).toBe(false)
})
