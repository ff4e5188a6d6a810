import { describe, expect, it } from 'vitest'
import { identityUrl, signInBody, utcMs } from './keystone.ts'

describe('identityUrl', () => {
  it.each([
    ['https://cloud.example.org:5000', 'https://cloud.example.org:5000/v3'],
    ['https://cloud.example.org:5000/', 'https://cloud.example.org:5000/v3'],
    ['https://cloud.example.org:5000/v3', 'https://cloud.example.org:5000/v3'],
    [' https://cloud.example.org:5000/v3/ ', 'https://cloud.example.org:5000/v3'],
    ['https://cloud.example.org/identity', 'https://cloud.example.org/identity/v3'],
    ['https://cloud.example.org/identity/v3/auth/tokens', 'https://cloud.example.org/identity/v3'],
    ['https://cloud.example.org:5000/v2.0', 'https://cloud.example.org:5000/v3'],
    ['https://cloud.example.org/v3?x=1#y', 'https://cloud.example.org/v3'],
    ['http://127.0.0.1:15000/v3', 'http://127.0.0.1:15000/v3'],
  ])('%s', (given, expected) => {
    expect(identityUrl(given)).toBe(expected)
  })

  it.each([
    ['cloud.example.org', 'invalid-argument'],
    ['', 'invalid-argument'],
    ['ftp://cloud.example.org', 'invalid-argument'],
    ['https://ada:pw@cloud.example.org', 'invalid-argument'],
    ['http://cloud.example.org:5000/v3', 'untrusted-certificate'],
  ])('refuses “%s”', (given, code) => {
    expect(() => identityUrl(given)).toThrowError(expect.objectContaining({ code }))
  })
})

describe('signInBody', () => {
  const id = '67f37debec6940bcb56748689e942edb'

  it('names no project for an application credential: it is scoped already', () => {
    expect(signInBody({ kind: 'application-credential', id }, 's')).toEqual({
      auth: { identity: { methods: ['application_credential'], application_credential: { id, secret: 's' } } },
    })
  })

  it.each([
    ['ada', 'Charite', { name: 'ada', domain: { name: 'Charite' } }],
    ['ada', 'default', { name: 'ada', domain: { id: 'default' } }],
    ['ada', id, { name: 'ada', domain: { id } }],
    [id, 'default', { id }],
  ])('knows ids from names: %s of %s', (user, userDomain, expected) => {
    expect(signInBody({ kind: 'password', user, userDomain, project: user, projectDomain: userDomain }, 'pw')).toEqual({
      auth: { identity: { methods: ['password'], password: { user: { ...expected, password: 'pw' } } }, scope: { project: expected } },
    })
    expect(signInBody({ kind: 'application-credential-name', name: 'n', user, userDomain }, 's')).toMatchObject({
      auth: { identity: { application_credential: { name: 'n', user: expected, secret: 's' } } },
    })
  })
})

describe('utcMs', () => {
  const noon = Date.UTC(2030, 0, 1, 12)
  it.each([
    ['2030-01-01T12:00:00Z', noon],
    ['2030-01-01T12:00:00.000000Z', noon],
    ['2030-01-01T12:00:00', noon],
    ['2030-01-01T12:00:00.000000', noon],
    ['2030-01-01T13:00:00+01:00', noon],
    ['never', Number.NaN],
  ])('%s', (time, expected) => {
    expect(utcMs(time)).toBe(expected)
  })
})
