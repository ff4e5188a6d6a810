import { describe, expect, it } from 'vitest'
import { browserCommands, redirectPage } from './open-browser.ts'

describe('opening a browser', () => {
  it('carries the token in the fragment alone', () => {
    expect(redirectPage(4000, 'tok')).toContain('url=http://127.0.0.1:4000/#tok"')
  })
  it('asks nothing of a machine without a screen', () => {
    expect(browserCommands('linux', false, false)).toEqual([])
  })
  it('never starts Chromium as root', () => {
    expect(browserCommands('linux', true, true).map(({ command }) => command)).toEqual(['firefox', 'firefox-esr'])
  })
  it.each(['win32', 'darwin', 'linux'] as const)('knows a command on %s', (platform) => {
    expect(browserCommands(platform, false, true).length).toBeGreaterThan(0)
  })
})
