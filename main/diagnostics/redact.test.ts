import { describe, expect, it, vi } from 'vitest'
import { hostDigest, type Known, redact } from './redact.ts'
import { reportText } from './report.ts'

const known: Known = {
  hosts: ['xnat.charite.example', 'xnat.charite.example:8443', 'cloud.charite.example'],
  names: ['erna', 'Erna Mustermann', 'jk', 'DEMO-MS', 'Topcon Export Zimmer 3', 'D:\\Export\\Mustermann', 'DESKTOP-7F3A', 'scanner1'],
  salt: 'b0a7c1de-0000-4000-8000-000000000000',
}
const uuid = '7d9f0a52-6a83-4cb5-a2a5-0123456789ab'

describe('redaction', () => {
  it.each([
    ['user erna signed in', 'user <name> signed in'],
    ['Erna Mustermann and JK', '<name> and <name>'],
    ['a project DEMO-MS, a supernatural one', 'a project <name>, a supernatural one'],
    ['at Topcon Export Zimmer 3', 'at <name>'],
    ['/home/erna/.local/share/scanside/lab.db is full', '<path> is full'],
    ['C:\\Users\\Erna\\AppData\\Local\\Scanside', '<path>'],
    ['\\\\oct-server\\export\\2026', '<path>'],
    ['file:///home/erna/x.js', '<address>'],
    ['https://xnat.charite.example/data/projects/DEMO-MS', '<address>'],
    ['10.20.30.40:443 and fe80:0:0:0:1:2:3:4', '<address> and <address>'],
    ['erna@charite.example', '<mail>'],
    ['Authorization: Basic ZXJuYTpnZWhlaW0=', '<secret>'],
    ['cookie: JSESSIONID=8F3A', '<secret>'],
    ['password=geheim; next', '<secret>; next'],
    ['Bearer abcdefgh12', '<secret>'],
    [`alias ${uuid}`, 'alias <secret>'],
    [`key ${'a1'.repeat(32)}`, 'key <secret>'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', '<key>'],
    // What a report is made of stays readable.
    ['ok        engine      ready kind=docker version=27.1.0', 'ok        engine      ready kind=docker version=27.1.0'],
    ['{"time":"2026-11-23T04:30:00.000Z","where":"runs","error":"Error","code":"ENOSPC","at":["take taking.ts:3:1"]}', null],
    ['problem   certificate untrusted days=300 why=DEPTH_ZERO_SELF_SIGNED_CERT', null],
    ['node 20.20.2, linux x64 6.1.0-13-amd64', null],
  ])('%s', (text, expected) => {
    expect(redact(text, known)).toBe(expected ?? text)
  })

  it.each([
    ['(P-0142) was here', ['(P-0142)'], '<name> was here'],
    ['P-0142 and xP-0142, P-01420', ['P-0142'], '<name> and xP-0142, P-01420'],
    ['--- is no word', ['---'], '<name> is no word'],
    ['ÖZGÜR, özgür', ['Özgür'], '<name>, <name>'],
  ])('finds names of every shape: %s', (text, names, expected) => {
    expect(redact(text, { hosts: [], names, salt: 'x' })).toBe(expected)
  })

  it('reads the text once, however many labels a desk has seen', () => {
    const read: string[] = []
    const includes = String.prototype.includes
    const spied = vi.spyOn(String.prototype, 'includes').mockImplementation(function (this: string, ...of: [string, number?]) {
      read.push(of[0])
      return includes.apply(this, of)
    })
    const names = Array.from({ length: 1_000 }, (_, n) => `P-${10_000 + n}`)
    const shown = redact('scan of P-10007', { hosts: [], names, salt: 'x' })
    spied.mockRestore()
    expect(shown).toBe('scan of <name>')
    expect(read.length).toBeLessThan(10)
  })

  it('shows a host as a digest, the same for the same host, another at another desk', () => {
    const shown = redact('xnat.charite.example answered, XNAT.charite.example:8443 did not, cloud.charite.example did', known)
    expect(shown).toBe(
      `${hostDigest('xnat.charite.example', known.salt)} answered, ${hostDigest('xnat.charite.example:8443', known.salt)} did not, ${hostDigest('cloud.charite.example', known.salt)} did`,
    )
    expect(shown).toMatch(/^host-[0-9a-f]{8} /)
    expect(hostDigest('xnat.charite.example', 'other')).not.toBe(hostDigest('xnat.charite.example', known.salt))
  })

  it('leaves nothing of what was planted in a report', () => {
    const planted = [...known.names, ...known.hosts, '/srv/oct/Mustermann.vol', `token=${uuid}`, 'Basic ZXJuYTpnZWhlaW0=', '10.20.30.40']
    const text = reportText({
      at: '2026-11-23T04:30:00.000Z',
      version: '0.1.0',
      front: 'electron',
      runtime: ['node 20.20.2', 'linux x64 6.1'],
      checks: planted.map((word) => ({
        id: 'engine',
        state: 'problem',
        code: 'unknown',
        facts: { kind: word },
        message: `It said ${word}.`,
        step: `Ask ${word}.`,
      })),
      counts: { runs: 12, waiting: 3 },
      site: {
        file: true,
        problem: false,
        retention: { inboxDays: 30, offlineDays: 7, logDays: null, receiptDays: 3650 },
        recoveryKey: true,
        contentProtection: null,
      },
      log: planted.map((word) => JSON.stringify({ where: 'runs', error: word })),
    })
    const shown = redact(text, known)
    for (const word of planted) expect(shown.toLowerCase()).not.toContain(word.toLowerCase())
    expect(shown).not.toMatch(/mustermann|geheim|charite|7d9f0a52|ZXJuYTp/i)
    expect(shown).toContain('kept: inbox 30 days, offline scans 7 days, log kept, receipts 3650 days')
    expect(shown).toContain('runs                 12')
  })
})
