import { describe, expect, it } from 'vitest'
import { type CloudEntry, emptyEntry, sentEntry, wrongCertificate, wrongField } from './form.ts'

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
const key = '-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----'
const byId: CloudEntry = { ...emptyEntry, authUrl: ' https://keystone.example.org/v3 ', id: ' abc ', secret: ' s ' }
const byPassword: CloudEntry = { ...byId, kind: 'password', user: 'mr', project: 'optic', secret: ' with blanks ' }

describe('wrongField', () => {
  it.each([
    ['nothing is filled in', emptyEntry, { field: 'authUrl', why: 'required' }],
    ['the address is a name', { ...byId, authUrl: 'keystone' }, { field: 'authUrl', why: 'address' }],
    ['the address is of another kind', { ...byId, authUrl: 'ftp://keystone.example.org' }, { field: 'authUrl', why: 'address' }],
    ['a secret would travel in the clear', { ...byId, authUrl: 'http://keystone.example.org' }, { field: 'authUrl', why: 'plain' }],
    ['it goes to this machine', { ...byId, authUrl: 'http://127.0.0.1:15000/v3' }, null],
    ['it goes to a host that begins like this machine', { ...byId, authUrl: 'http://127.0.0.1.example.org' }, { field: 'authUrl', why: 'plain' }],
    ['the certificate is a key', { ...byId, ca: key }, { field: 'ca', why: 'key' }],
    ['the secret is missing', { ...byId, secret: ' ' }, { field: 'secret', why: 'required' }],
    ['a named credential lacks its user', { ...byId, kind: 'application-credential-name', name: 'n' }, { field: 'user', why: 'required' }],
    ['a password lacks its project', { ...byPassword, project: '' }, { field: 'project', why: 'required' }],
    ['all is well', byPassword, null],
  ] satisfies [string, CloudEntry, ReturnType<typeof wrongField>][])('where %s', (_, entry, wrong) => expect(wrongField(entry, false)).toEqual(wrong))
  it('asks for no address the site file gives', () => expect(wrongField({ ...byId, authUrl: '' }, true)).toBeNull())
})

it.each([
  ['', null],
  [` ${pem}\n`, null],
  [`${pem}\n${pem}`, null],
  [`${pem}\n${key}`, 'key'],
  ['MIIB', 'pem'],
  ['-----BEGIN CERTIFICATE-----\nMIIB', 'pem'],
])('certificate %#', (text, why) => expect(wrongCertificate(text)).toBe(why))

describe('sentEntry', () => {
  it('sends what its kind wants and nothing else', () => {
    expect(sentEntry({ ...byId, user: 'left over', region: ' One ' }, true, null)).toEqual({
      authUrl: 'https://keystone.example.org/v3',
      region: 'One',
      interface: 'public',
      ca: '',
      auth: { kind: 'application-credential', id: 'abc', secret: 's' },
      exchange: false,
      remember: true,
    })
  })
  it('leaves a password as it was typed, exchanges it, and keeps nothing without a keyring', () => {
    const sent = sentEntry(byPassword, false, null)
    expect(sent.auth).toEqual({
      kind: 'password',
      user: 'mr',
      userDomain: 'Default',
      project: 'optic',
      projectDomain: 'Default',
      secret: ' with blanks ',
    })
    expect([sent.exchange, sent.remember, sent.region]).toEqual([true, false, null])
  })
  it('names the site’s own cloud', () =>
    expect(sentEntry({ ...byId, authUrl: '' }, true, 'cloud.example.org:5000').authUrl).toBe('https://cloud.example.org:5000'))
})
