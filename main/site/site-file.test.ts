import { generate } from 'selfsigned'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseJsonWithLines } from './json-lines.ts'
import { loadSite, siteCandidates } from './site-file.ts'

const read = (files: Record<string, string>) => async (path: string) => files[path] ?? null
const load = (site: string, more: Record<string, string> = {}) =>
  loadSite({ readFile: read({ '/etc/scanside/site.json': site, ...more }), candidates: ['/etc/scanside/site.json'], platform: 'linux' })

let pem = ''
beforeAll(async () => {
  pem = (await generate([{ name: 'commonName', value: 'Institute CA' }])).cert
})

describe('loadSite', () => {
  it('is open where there is no file', async () => {
    expect(await loadSite({ readFile: read({}), candidates: ['/a', '/b'] })).toEqual({
      file: false,
      problem: null,
      archive: null,
      ca: [],
      projects: null,
      demo: true,
      images: null,
    })
  })

  it('reads what a site fixes', async () => {
    const site = JSON.stringify({ archive: 'https://xnat.example.org/xnat/', ca: pem, projects: ['P1', 'P2'], demo: false, images: ['oct-quality'] })
    expect(await load(site)).toEqual({
      file: true,
      problem: null,
      archive: 'https://xnat.example.org/xnat',
      ca: [pem.trim()],
      projects: ['P1', 'P2'],
      demo: false,
      images: ['oct-quality'],
    })
  })

  it('reads a CA beside the site file, on Windows too', async () => {
    expect((await load('{"ca": "ca.pem"}', { '/etc/scanside/ca.pem': pem })).ca).toHaveLength(1)
    const files = { 'C:\\ProgramData\\Scanside\\site.json': '\uFEFF{"ca": "certs\\\\ca.pem"}', 'C:\\ProgramData\\Scanside\\certs\\ca.pem': pem }
    const site = await loadSite({ readFile: read(files), candidates: ['C:\\ProgramData\\Scanside\\site.json'], platform: 'win32' })
    expect(site.problem).toBeNull()
    expect(site.ca).toHaveLength(1)
  })

  it('takes the first file there is', async () => {
    const site = await loadSite({ readFile: read({ '/b': '{"demo": false}', '/c': '{"demo": true}' }), candidates: ['/a', '/b', '/c'] })
    expect(site.demo).toBe(false)
  })

  it.each([
    ['{\n  "archive": "https://x.example.org",\n}', 'line 3', 'comma too many'],
    ['{\n  "archive": "https://x.example.org"\n  "demo": true\n}', 'line 3', 'a comma or } is missing'],
    ['{\n  "archiv": "https://x.example.org"\n}', 'line 2', '"archiv" is not known here'],
    ['{\n\n  "archive": "http://xnat.example.org"\n}', 'line 3', 'begins with https://'],
    ['{\n  "archive": "https://me:secret@xnat.example.org"\n}', 'line 2', 'without user and password'],
    ['{\n  "projects": [\n    "P1",\n    7\n  ]\n}', 'line 4', '"projects" must be text'],
    ['{\n  "projects": "P1"\n}', 'line 2', 'must be a list of project ids'],
    ['{\n  "demo": "yes"\n}', 'line 2', '"demo" must be true or false'],
    ['{\n  "demo": yes\n}', 'line 2', 'a value is expected here'],
    ['{\n  "demo": true,\n  "demo": false\n}', 'line 3', 'twice'],
    ['{\n  "ca": "C:\\certs\\ca.pem"\n}', 'line 2', 'backslash twice'],
    ['{\n  "ca": "nowhere.pem"\n}', 'line 2', 'not there'],
    ['{\n  "ca": "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"\n}', 'line 2', 'cannot be read'],
    ['{\n  "ca": "-----BEGIN PRIVATE KEY-----"\n}', 'line 2', 'no certificate'],
    ['[]', 'line 1', 'must hold one object'],
    ['', 'line 1', 'ends too early'],
    ['{\n  "demo": true\n', 'line 3', 'ends too early'],
    ['{} {}', 'line 1', 'after the end'],
  ])('names line and mistake of %j', async (content, line, what) => {
    const site = await load(content)
    expect(site.problem).toContain(line)
    expect(site.problem).toContain(what)
    expect(site).toMatchObject({ file: true, archive: null, ca: [], projects: null })
  })

  it('never shows what the file holds in clear', async () => {
    const site = await load('{ "archive": "https://me:secret@xnat.example.org" }')
    expect(site.problem).not.toContain('secret')
  })

  it('says so where it cannot be read', async () => {
    const readFile = async () => {
      throw new Error('EACCES: permission denied')
    }
    expect((await loadSite({ readFile, candidates: ['/a'] })).problem).toContain('cannot be read')
  })
})

describe('parseJsonWithLines', () => {
  it.each(['{"a":[1,-2.5e3,true,false,null,"\\u00fc\\n"],"b":{}}', '[]', '"x"', ' 0 '])('reads %s as JSON.parse does', (text) => {
    expect(JSON.stringify(parseJsonWithLines(text).value)).toBe(JSON.stringify(JSON.parse(text)))
  })
  it.each(['01', '+1', '.5', 'nul', '{a:1}', "{'a':1}", '[1,]', '{"a":1}//', '"\t"', '"a\nb"', '[1 2]', `${'['.repeat(60)}${']'.repeat(60)}`])(
    'refuses %s',
    (text) => {
      expect(() => parseJsonWithLines(text)).toThrow()
    },
  )
  it('does not let __proto__ through', () => {
    expect(Object.keys(parseJsonWithLines('{"__proto__": {"demo": true}}').value as object)).toEqual(['__proto__'])
  })
})

describe('siteCandidates', () => {
  it.each([
    ['linux', {}, '/home/jk', ['/etc/scanside/site.json', '/home/jk/.config/scanside/site.json']],
    ['linux', { XDG_CONFIG_HOME: '/cfg' }, '/home/jk', ['/etc/scanside/site.json', '/cfg/scanside/site.json']],
    ['linux', { SCANSIDE_SITE: '/srv/site.json' }, '/home/jk', ['/srv/site.json']],
    [
      'win32',
      { PROGRAMDATA: 'D:\\ProgramData', APPDATA: 'C:\\Users\\jk\\AppData\\Roaming' },
      'C:\\Users\\jk',
      ['D:\\ProgramData\\Scanside\\site.json', 'C:\\Users\\jk\\AppData\\Roaming\\Scanside\\site.json'],
    ],
    ['win32', {}, 'C:\\Users\\jk', ['C:\\ProgramData\\Scanside\\site.json', 'C:\\Users\\jk\\AppData\\Roaming\\Scanside\\site.json']],
    ['darwin', {}, '/Users/jk', ['/Library/Application Support/Scanside/site.json', '/Users/jk/Library/Application Support/Scanside/site.json']],
  ] as const)('%s %j', (platform, env, home, expected) => {
    expect(siteCandidates(platform, env, home)).toEqual(expected)
  })
})
