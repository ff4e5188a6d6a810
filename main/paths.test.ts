import { expect, it } from 'vitest'
import { dataFolder } from './paths.ts'

it.each([
  ['linux', {}, '/home/jk', '/home/jk/.local/share/scanside'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/home/jk', '/data/scanside'],
  ['darwin', {}, '/Users/jk', '/Users/jk/Library/Application Support/Scanside'],
  ['win32', { LOCALAPPDATA: 'C:\\Users\\jk\\AppData\\Local' }, 'C:\\Users\\jk', 'C:\\Users\\jk\\AppData\\Local\\Scanside'],
  ['win32', {}, 'C:\\Users\\jk', 'C:\\Users\\jk\\AppData\\Local\\Scanside'],
  ['win32', { SCANSIDE_HOME: 'D:\\s' }, 'C:\\Users\\jk', 'D:\\s'],
] as const)('%s %j', (platform, env, home, expected) => {
  expect(dataFolder(platform, env, home)).toBe(expected)
})
