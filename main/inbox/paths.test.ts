import { describe, expect, it } from 'vitest'
import { askablePath, below, placeOf, samePlace, typedFolder } from './paths.ts'

const long = 'x'.repeat(260)

describe('paths of watched folders', () => {
  it.each([
    ['D:\\Export', 'win32', 'D:\\Export'],
    ['D:/Export/a', 'win32', 'D:\\Export\\a'],
    [`D:\\Export\\${long}`, 'win32', `\\\\?\\D:\\Export\\${long}`],
    [`D:/Export/../Other/${long}`, 'win32', `\\\\?\\D:\\Other\\${long}`],
    [`\\\\oct\\export\\${long}`, 'win32', `\\\\?\\UNC\\oct\\export\\${long}`],
    [`//oct/export/${long}`, 'win32', `\\\\?\\UNC\\oct\\export\\${long}`],
    [`\\\\?\\D:\\${long}`, 'win32', `\\\\?\\D:\\${long}`],
    [`/mnt/export/${long}`, 'linux', `/mnt/export/${long}`],
  ] as const)('%# asks for a path in the way the platform takes', (written, platform, asked) => {
    expect(askablePath(written, platform)).toBe(asked)
  })

  it('joins a listing’s own letters', () => {
    expect(below('\\\\oct\\export', ['Mu\u0308ller', 'a.vol'], 'win32')).toBe('\\\\oct\\export\\Mu\u0308ller\\a.vol')
    expect(below('/mnt/export', ['M\u00fcller', 'a.vol'], 'linux')).toBe('/mnt/export/M\u00fcller/a.vol')
  })

  it('remembers a place once, however its umlauts and letters are written', () => {
    expect(placeOf(['Mu\u0308ller', 'A.vol'], 'darwin')).toBe(placeOf(['M\u00fcller', 'a.VOL'], 'darwin'))
    expect(placeOf(['Mu\u0308ller', 'A.vol'], 'linux')).toBe('M\u00fcller/A.vol')
    expect(samePlace('D:\\Export', 'd:\\export', 'win32')).toBe(true)
    expect(samePlace('/a', '/A', 'linux')).toBe(false)
  })

  it.each([
    ['"D:\\Export\\"', 'win32', 'D:\\Export'],
    [' \\\\oct\\export\\ ', 'win32', '\\\\oct\\export'],
    ['D:\\', 'win32', 'D:\\'],
    ['/mnt/export/', 'linux', '/mnt/export'],
    ['/mnt//a/../export', 'linux', '/mnt/export'],
  ] as const)('takes %s on %s', (typed, platform, folder) => {
    expect(typedFolder(typed, platform)).toBe(folder)
  })

  it.each([
    ['export', 'linux'],
    ['export', 'win32'],
    ['D:export', 'win32'],
    ['\\\\oct', 'win32'],
    ['\\\\?\\D:\\x', 'win32'],
    ['', 'linux'],
  ] as const)('refuses %s on %s', (typed, platform) => {
    expect(() => typedFolder(typed, platform)).toThrow(/whole path/)
  })
})
