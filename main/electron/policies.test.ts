import { describe, expect, it } from 'vitest'
import { isOwnSender, mayNavigate, mayOpenWindow, mayUse, windowPreferences } from './policies.ts'

describe('navigation', () => {
  it.each([
    ['app://scanside/', true],
    ['app://scanside/index.html', true],
    ['app://scanside/index.html#x', true],
    ['app://scanside/bulk/abc', false],
    ['app://other/', false],
    ['app://scanside.evil/', false],
    ['app://scanside:80/', false],
    ['https://scanside/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['about:blank', false],
    ['not a url', false],
  ])('%s: %s', (url, expected) => {
    expect(mayNavigate(url)).toBe(expected)
  })
})

describe('permissions and windows', () => {
  it.each([
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'clipboard-sanitized-write',
    'openExternal',
    'hid',
    'usb',
    'serial',
    'fullscreen',
  ])('denies %s', (name) => {
    expect(mayUse(name)).toBe(false)
  })
  it.each(['https://example.org', 'app://scanside/', 'about:blank'])('opens no window for %s', (url) => {
    expect(mayOpenWindow(url)).toBe(false)
  })
})

describe('senders', () => {
  const own = { url: 'app://scanside/', isMainFrame: true, known: true }
  it('takes calls of our own page', () => expect(isOwnSender(own)).toBe(true))
  it.each([{ url: 'https://evil.example/' }, { isMainFrame: false }, { known: false }])('refuses %j', (change) => {
    expect(isOwnSender({ ...own, ...change })).toBe(false)
  })
})

describe('window preferences', () => {
  it('keep the page in the sandbox, away from Node, and in memory', () => {
    expect(windowPreferences('/p', true)).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    })
    expect(windowPreferences('/p', true).partition.startsWith('persist:')).toBe(false)
  })
  it('have no developer tools where Scanside is installed', () => {
    expect(windowPreferences('/p', true).devTools).toBe(false)
    expect(windowPreferences('/p', false).devTools).toBe(true)
  })
})
