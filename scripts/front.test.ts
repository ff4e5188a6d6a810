import { describe, expect, it } from 'vitest'
import { chooseFront, type Machine } from './front.ts'

const desk: Machine = { platform: 'linux', root: false, graphical: true, electron: { path: '/e' }, userNamespaces: true, setuidSandbox: false }

describe('the front', () => {
  it.each<[string, Partial<Machine>, string, RegExp]>([
    ['a desk', {}, 'electron', /sandbox can start/],
    ['root', { root: true }, 'browser', /root/],
    ['no display', { graphical: false }, 'browser', /display/],
    ['no binary', { electron: { missing: 'not here' } }, 'browser', /not here/],
    ['AppArmor', { userNamespaces: false }, 'browser', /namespaces/],
    ['AppArmor, but setuid', { userNamespaces: false, setuidSandbox: true }, 'electron', /sandbox/],
    ['Windows', { platform: 'win32', graphical: false, userNamespaces: false }, 'electron', /sandbox/],
  ])('%s', (_name, change, kind, why) => {
    const front = chooseFront({ ...desk, ...change })
    expect(front.kind).toBe(kind)
    expect(front.why).toMatch(why)
  })
})
