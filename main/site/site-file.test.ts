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
      people: null,
      idleLockMinutes: 0,
      inbox: null,
      profile: null,
      cloud: null,
      retention: { inboxDays: null, offlineDays: 7, logDays: 30, receiptDays: null },
      recoveryKey: null,
      contentProtection: null,
    })
  })

  it('reads what a site fixes', async () => {
    const site = JSON.stringify({ archive: 'https://xnat.example.org/xnat/', ca: pem, projects: ['P1', 'P2'], demo: false, images: ['oct-quality'] })
    expect(await load(site)).toMatchObject({
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
    ['{\n  "retention": {\n    "inboxDays": 0\n  }\n}', 'line 3', 'at least one day'],
    ['{\n  "retention": {\n    "outboxDays": 5\n  }\n}', 'line 3', 'not known here'],
    ['{\n  "recoveryKey": "-----BEGIN PUBLIC KEY-----"\n}', 'line 2', 'RSA public key'],
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

const pin = 'scrypt$32768$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

describe('people, Inbox and profile of a site', () => {
  it('are read, and a list of people brings the idle lock', async () => {
    const site = await load(
      JSON.stringify({
        people: [
          { id: 'jk', name: 'J. K.', pin },
          { id: 'mt', name: 'M. T.' },
        ],
        inbox: {
          folders: [
            { path: '\\\\oct\\export', label: 'Spectralis 1' },
            { path: 'D:\\Export', label: 'Spectralis 2' },
          ],
        },
        profile: { name: 'ms-baseline-3', title: 'MS baseline', limits: { 'S.snr': { warn: 18, fail: 16 } } },
      }),
    )
    expect(site.problem).toBeNull()
    expect(site.people).toEqual([
      { id: 'jk', name: 'J. K.', pin },
      { id: 'mt', name: 'M. T.', pin: null },
    ])
    expect(site.idleLockMinutes).toBe(10)
    expect(site.inbox?.folders.map(({ path }) => path)).toEqual(['\\\\oct\\export', 'D:\\Export'])
    expect(site.profile?.name).toBe('ms-baseline-3')
    expect(site.profile?.limits['S.snr']).toEqual({ warn: 18, fail: 16 })
    expect((await load('{"people": [{"id": "a", "name": "A"}], "idleLockMinutes": 0}')).idleLockMinutes).toBe(0)
  })

  it('a profile may lie beside the site file; its mistake is told with its own line', async () => {
    const site = '{\n  "demo": true,\n  "profile": "ms.json"\n}'
    expect((await load(site, { '/etc/scanside/ms.json': '{"name": "ms-1", "title": "MS"}' })).profile?.title).toBe('MS')
    const wrong = await load(site, {
      '/etc/scanside/ms.json': '{\n  "name": "ms-1",\n  "title": "MS",\n  "limits": {\n    "S": { "warn": "x", "fail": 1 }\n  }\n}',
    })
    expect(wrong.problem).toContain('line 3')
    expect(wrong.problem).toContain('in its line 5')
    expect((await load(site)).problem).toContain('"profile" names a file that is not there')
    expect((await load(site, { '/etc/scanside/ms.json': '{\n "name": }' })).problem).toContain('in its line 2')
  })

  it.each([
    ['{\n  "people": [\n    { "id": "jk", "name": "J. K.", "pin": "1234" }\n  ]\n}', 'line 3', 'never the PIN itself'],
    ['{\n  "people": [{ "id": "a", "name": "A" }, { "id": "A", "name": "B" }]\n}', 'line 2', 'same id twice'],
    ['{\n  "inbox": { "folders": [\n    { "path": "export", "label": "x" } ] }\n}', 'line 3', 'whole path'],
    ['{\n  "inbox": { "folder": [] }\n}', 'line 2', 'folder'],
    ['{\n\n  "profile": { "name": "Bad Name", "title": "x" }\n}', 'line 3', 'mistake at name'],
    ['{\n\n  "profile": { "name": "oscar-ib-2", "title": "x" }\n}', 'line 3', 'a name of its own'],
    ['{\n  "idleLockMinutes": -1\n}', 'line 2', 'number of minutes'],
  ])('tells the mistake of %j with its line', async (written, line, what) => {
    const { problem } = await load(written)
    expect(problem).toContain(line)
    expect(problem).toContain(what)
  })
})
