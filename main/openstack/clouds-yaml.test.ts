import { describe, expect, it } from 'vitest'
import { cloudsCandidates, pathInClouds } from './clouds-places.ts'
import { cloudOfEnvironment, readClouds } from './clouds-yaml.ts'

const one = (yaml: string, secure: string | null = null, vendor: string | null = null) => {
  const [entry] = readClouds(yaml, secure, vendor)
  if (!entry) throw new Error('no entry')
  return entry
}
const cloud = (...lines: string[]) => `clouds:\n  lab:\n${lines.map((line) => `    ${line}\n`).join('')}`
const auth = (...pairs: string[]) => `auth: {auth_url: "https://cloud.example.org:5000", ${pairs.join(', ')}}`
const person = auth('username: ada', 'password: pw', 'project_name: eyes')
const credential = auth('application_credential_id: 21dced0fd20347869b93710d2b98aae0', 'application_credential_secret: s3')

describe('readClouds', () => {
  it('reads what Horizon writes for an application credential', () => {
    expect(
      one(`# This is a clouds.yaml file
clouds:
  openstack:
    auth:
      auth_url: https://cloud.example.org:5000/v3/
      application_credential_id: "21dced0fd20347869b93710d2b98aae0"
      application_credential_secret: "a:b#c"
    region_name: "eu-1"
    interface: "public"
    identity_api_version: 3
    auth_type: "v3applicationcredential"
`),
    ).toEqual({
      name: 'openstack',
      config: {
        name: 'openstack',
        authUrl: 'https://cloud.example.org:5000/v3',
        region: 'eu-1',
        interface: 'public',
        ca: [],
        auth: { kind: 'application-credential', id: '21dced0fd20347869b93710d2b98aae0' },
      },
      secret: 'a:b#c',
      cacert: null,
      regions: ['eu-1'],
      project: null,
      problem: null,
    })
  })

  it('reads a password with names and ids of project and domains', () => {
    const entry = one(
      cloud(
        auth('username: ada', 'project_id: 67f37debec6940bcb56748689e942edb', 'project_name: eyes', 'user_domain_name: Charite'),
        'auth_type: password',
      ),
    )
    expect(entry.config?.auth).toEqual({
      kind: 'password',
      user: 'ada',
      userDomain: 'Charite',
      project: '67f37debec6940bcb56748689e942edb',
      projectDomain: 'Charite',
    })
    expect(entry).toMatchObject({ secret: null, project: 'eyes', problem: null })
  })

  it('keeps every scalar as it is written', () => {
    expect(one(cloud(auth('username: 007', 'password: 0123', 'project_name: no'))).secret).toBe('0123')
    expect(one(cloud(auth('username: 007', 'password: 12:30', 'project_name: no'))).config?.auth).toMatchObject({ user: '007', project: 'no' })
  })

  it('merges secure.yaml deeply over entries of the same name', () => {
    const secure = 'clouds:\n  lab:\n    auth:\n      application_credential_secret: better\n  other: {auth: {password: x}}\n'
    expect(one(cloud(credential, 'region_name: a'), secure)).toMatchObject({ secret: 'better', config: { region: 'a' }, problem: null })
    expect(one(cloud(auth('username: ada', 'project_name: eyes')), 'clouds: {lab: {auth: {password: pw}}}')).toMatchObject({ secret: 'pw' })
  })

  it('stands on a profile of clouds-public.yaml, and names one it does not know', () => {
    const vendor = 'public-clouds:\n  institute:\n    auth: {auth_url: "https://cloud.example.org/identity"}\n    region_name: b\n'
    const yaml = cloud('profile: institute', 'auth: {username: ada, password: pw, project_name: eyes}')
    expect(one(yaml, null, vendor).config).toMatchObject({ authUrl: 'https://cloud.example.org/identity/v3', region: 'b' })
    expect(one(yaml)).toMatchObject({ config: null, project: 'eyes', problem: expect.stringContaining('“institute”') })
  })

  it('follows anchors and merge keys', () => {
    const yaml = `common: &common\n  auth_type: password\n  region_name: c\nclouds:\n  lab:\n    <<: *common\n    ${person}\n`
    expect(one(yaml)).toMatchObject({ config: { region: 'c' }, problem: null })
  })

  it.each([
    ['interface: internal', 'internal'],
    ['interface: internalURL', 'internal'],
    ['interface: [admin, public]', 'admin'],
    ['interface: public\n    endpoint_type: internalURL', 'internal'],
    ['region_name: a', 'public'],
  ])('%s', (line, expected) => {
    expect(one(cloud(person, line)).config?.interface).toBe(expected)
  })

  it.each([
    ['region_name: a', ['a'], 'a'],
    ['regions: [a, b, a]', ['a', 'b'], null],
    ['regions: [{name: a, values: {x: y}}, b]', ['a', 'b'], null],
    ['regions: [a]', ['a'], 'a'],
    ['regions: {a: b}', [], null],
  ])('%s', (line, regions, region) => {
    expect(one(cloud(person, line))).toMatchObject({ regions, config: { region } })
  })

  it('hands on where the CA lies, and refuses an entry without checks', () => {
    expect(one(cloud(person, 'cacert: ~/ca.pem')).cacert).toBe('~/ca.pem')
    expect(one(cloud(person, 'verify: true')).problem).toBeNull()
    expect(one(cloud(person, 'verify: /etc/ca.pem')).cacert).toBe('/etc/ca.pem')
    for (const line of ['verify: false', 'verify: False', 'verify: no', 'insecure: true']) {
      expect(one(cloud(person, line))).toMatchObject({ config: null, secret: null, problem: expect.stringContaining('certificates') })
    }
  })

  it.each([
    ['token', 'auth_type: token', 'ends within hours'],
    ['v3token', 'auth_type: v3token', 'ends within hours'],
    ['v2password', 'auth_type: v2password', 'version 2'],
    ['v3totp', 'auth_type: v3totp', 'second factor'],
    ['v3oidcpassword', 'auth_type: v3oidcpassword', 'v3oidcpassword'],
  ])('names %s, which it does not sign in with', (_kind, line, words) => {
    expect(one(cloud(person, line)).problem).toContain(words)
  })

  it.each<[string, string, string]>([
    ['no address', 'auth: {username: ada}', 'auth_url'],
    ['no auth at all', 'region_name: a', 'auth_url'],
    ['plain http', 'auth: {auth_url: "http://cloud.example.org:5000/v3", username: a, password: b, project_name: c}', 'http://'],
    ['no address at all', 'auth: {auth_url: "cloud", username: a, password: b, project_name: c}', 'web address'],
    ['a scheme', 'auth: {auth_url: "file:///etc/passwd", username: a, project_name: c}', 'https://'],
    ['a password in the address', 'auth: {auth_url: "https://a:b@c", username: a, project_name: c}', 'user name'],
    ['no project', auth('username: ada', 'password: pw'), 'project_name'],
    ['no user', auth('password: pw', 'project_name: eyes'), 'username'],
    ['a credential by name alone', auth('application_credential_name: x', 'application_credential_secret: y'), 'application_credential_id'],
    ['a list for a text', auth('username: [ada]', 'password: pw', 'project_name: eyes'), 'username'],
    ['a map for a text', auth('username: ada', 'password: {a: b}', 'project_name: eyes'), 'password'],
    ['too long a secret', auth('username: ada', `password: ${'x'.repeat(1_001)}`, 'project_name: eyes'), 'too long'],
    ['an unknown interface', `${person}\n    interface: secret`, 'interface'],
  ])('%s is a problem of that entry alone', (_what, lines, words) => {
    const [bad, good] = readClouds(`${cloud(lines)}  good:\n    ${person}\n`, null)
    expect(bad).toMatchObject({ name: 'lab', config: null, secret: null })
    expect(bad?.problem).toContain(words)
    expect(good).toMatchObject({ name: 'good', problem: null })
  })

  it('takes a credential by name with its user', () => {
    expect(one(cloud(auth('application_credential_name: x', 'application_credential_secret: y', 'username: ada'))).config?.auth).toEqual({
      kind: 'application-credential-name',
      name: 'x',
      user: 'ada',
      userDomain: 'default',
    })
  })

  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghij'[index]}`)}]`).join('\n')}\n`
  it.each<[string, string]>([
    ['no YAML', 'clouds: [unclosed: "secret-word'],
    ['no clouds', 'a: b'],
    ['a list', '- a'],
    ['nothing', ''],
    ['a binary', '\u0000\u0001\u0002'],
    ['an anchor bomb', `${bomb}clouds: {lab: {auth: *j}}`],
    ['brackets without end', `clouds: ${'['.repeat(100_000)}`],
    ['dashes without end', `clouds: \n  ${'- '.repeat(100_000)}`],
    ['a megabyte', `clouds: {lab: "${'x'.repeat(1_000_000)}"}`],
    ['many clouds', `clouds:\n${Array.from({ length: 201 }, (_, index) => `  c${index}: {}\n`).join('')}`],
    ['two documents', `${cloud(person)}---\n${cloud(person)}`],
  ])('refuses %s with a sentence', (_what, text) => {
    expect(() => readClouds(text, null)).toThrowError(
      expect.objectContaining({ code: 'invalid-file', message: expect.not.stringContaining('secret-word') }),
    )
  })

  it('comes to an end with circles, thousands of keys and prototypes', () => {
    expect(one('clouds:\n  lab: &lab\n    auth: *lab\n', 'clouds:\n  lab: &lab\n    auth: *lab\n').problem).not.toBeNull()
    const many = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')
    expect(one(`${many}\n${cloud(person)}`).problem).toBeNull()
    expect(one('clouds:\n  __proto__:\n    auth: {auth_url: "https://a"}\n').name).toBe('__proto__')
    expect(({} as { auth?: unknown }).auth).toBeUndefined()
    expect(one('clouds: {lab: text}').problem).toContain('form')
  })
})

describe('cloudOfEnvironment', () => {
  it('reads an openrc', () => {
    expect(
      cloudOfEnvironment({
        OS_AUTH_URL: 'https://cloud.example.org:5000/v3',
        OS_USERNAME: 'ada',
        OS_PASSWORD: 'pw',
        OS_PROJECT_NAME: 'eyes',
        OS_USER_DOMAIN_NAME: 'Default',
        OS_REGION_NAME: 'a',
        OS_INTERFACE: 'internal',
        OS_CACERT: '/ca.pem',
        OS_CLOUD: 'x',
        PATH: '/bin',
      }),
    ).toMatchObject({
      name: 'envvars',
      secret: 'pw',
      cacert: '/ca.pem',
      config: {
        region: 'a',
        interface: 'internal',
        auth: { kind: 'password', user: 'ada', userDomain: 'Default', project: 'eyes', projectDomain: 'Default' },
      },
    })
    expect(cloudOfEnvironment({ OS_CLOUD: 'x', PATH: '/bin' })).toBeNull()
  })
})

describe('cloudsCandidates', () => {
  const names = (...args: Parameters<typeof cloudsCandidates>) =>
    cloudsCandidates(...args)
      .map((candidate) => candidate.clouds)
      .filter((file) => file.endsWith('.yaml'))

  it('looks where every OpenStack tool looks', () => {
    expect(names('linux', { OS_CLIENT_CONFIG_FILE: '/own/my.yaml' }, '/home/ada', '/here')).toEqual([
      '/own/my.yaml',
      '/here/clouds.yaml',
      '/home/ada/.config/openstack/clouds.yaml',
      '/etc/xdg/openstack/clouds.yaml',
      '/etc/openstack/clouds.yaml',
    ])
    expect(names('linux', { XDG_CONFIG_HOME: '/cfg' }, '/home/ada', null)[0]).toBe('/cfg/openstack/clouds.yaml')
    expect(names('darwin', {}, '/Users/ada', null)).toEqual([
      '/Users/ada/Library/Application Support/openstack/clouds.yaml',
      '/Users/ada/.config/openstack/clouds.yaml',
      '/Library/Application Support/openstack/clouds.yaml',
      '/etc/openstack/clouds.yaml',
    ])
    expect(names('win32', { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }, 'C:\\Users\\ada', null)).toEqual([
      'C:\\Users\\ada\\AppData\\Local\\OpenStack\\openstack\\clouds.yaml',
      'C:\\Users\\ada\\.config\\openstack\\clouds.yaml',
      'C:\\ProgramData\\OpenStack\\openstack\\clouds.yaml',
    ])
  })

  it('looks for secure.yaml beside it', () => {
    const [first] = cloudsCandidates('linux', { OS_CLIENT_CONFIG_FILE: '/own/my.yaml' }, '/home/ada', null)
    expect(first?.secure).toEqual(['/own/secure.yaml', '/own/secure.yml', '/own/secure.json'])
    const [own] = cloudsCandidates('linux', { OS_CLIENT_SECURE_FILE: '/s.yaml' }, '/home/ada', null)
    expect(own?.secure[0]).toBe('/s.yaml')
    expect(own?.vendor[0]).toBe('/home/ada/.config/openstack/clouds-public.yaml')
  })

  it.each([
    ['linux', '~/ca.pem', '/home/ada/.config/openstack/clouds.yaml', '/home/ada/ca.pem'],
    ['linux', 'ca.pem', '/home/ada/.config/openstack/clouds.yaml', '/home/ada/.config/openstack/ca.pem'],
    ['linux', '/etc/ca.pem', '/x/clouds.yaml', '/etc/ca.pem'],
    ['win32', '~\\ca.pem', 'C:\\x\\clouds.yaml', '/home/ada\\ca.pem'.replaceAll('/', '\\')],
    ['win32', 'D:\\ca.pem', 'C:\\x\\clouds.yaml', 'D:\\ca.pem'],
  ] as const)('%s: %s', (platform, named, file, expected) => {
    expect(pathInClouds(platform, named, file, '/home/ada')).toBe(expected)
  })
})
