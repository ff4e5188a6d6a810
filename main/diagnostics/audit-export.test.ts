/** What a desk exports, and what `scanside-verify` says of it: the one does not use the other's code. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Export, faultsOf, fingerprintOf, readExport, summaryOf } from '../../scripts/verify.ts'
import { chainLink } from '../store/chain.ts'
import { type Lab, openLab } from '../store/lab.ts'
import { exportChain, firstThatFails, type SigningKey, signingKey } from './audit-export.ts'

const chainKey = 'c1'.repeat(32)
const desk = signingKey('d1'.repeat(32))
const other = signingKey('d2'.repeat(32))
const at = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString()
const receipt = (run: string, n: number, complete = true) => ({
  id: `receipt-${run}-${n}`,
  run,
  by: 'jk',
  at: at(n),
  complete,
  items: [],
  published: [],
  owed: [],
  cannotProve: ['erasure on the medium'],
  engine: 'docker',
})

let lab: Lab
beforeEach(() => {
  lab = openLab({ path: null, key: null, chainKey, now: () => new Date(0) })
  for (let n = 1; n <= 12; n++) {
    if (n % 3 === 0) lab.chain.addReceipt(receipt(`run-${n}`, n, n !== 12))
    else lab.chain.audit(at(n), 'jk', `what was done, ${n}`, `run-${Math.ceil(n / 3) * 3}`)
  }
})
afterEach(() => lab.close())

const exported = async (key: SigningKey = desk): Promise<string> => {
  let text = ''
  for await (const piece of exportChain(lab.chain, key, '2026-11-23T04:30:00.000Z')) text += piece
  return text
}
const read = (text: string): Export => {
  const found = readExport(text)
  if (found.kind !== 'export') throw new Error(found.kind)
  return found.value
}
/** What is found wrong once `change` has had its way with the export. */
const after = async (change: (value: Export) => unknown) => {
  const value = read(await exported())
  change(value)
  return faultsOf(read(JSON.stringify(value)))
}
/** As somebody would who can make links but not sign: every link from this line on fits again. */
const relink = (value: Export, from = 0) => {
  let before = from === 0 ? value.anchor.link : (value.lines[from - 1]?.link ?? '')
  for (const line of value.lines.slice(from)) {
    line.link = chainLink(before, { ...line, kind: line.kind === 'receipt' ? 'receipt' : 'audit' })
    before = line.link
  }
  value.head = { lines: value.lines.length, link: before }
}
const at_ = <T>(list: T[], index: number): T => {
  const found = list[index]
  if (found === undefined) throw new Error(`nothing at ${index}`)
  return found
}

describe('an export', () => {
  it('holds as it was written, with and without the desk’s key', async () => {
    const value = read(await exported())
    expect(faultsOf(value)).toEqual([])
    expect(faultsOf(value, { key: chainKey, desk: desk.fingerprint })).toEqual([])
    expect(faultsOf(value, { desk: desk.fingerprint.toUpperCase().replaceAll('-', ' ') })).toEqual([])
    expect(fingerprintOf(value.publicKey)).toBe(desk.fingerprint)
    expect(desk.fingerprint).toMatch(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/)
    expect(summaryOf(value).join('\n')).toMatch(/lines {5}1 to 12 [\s\S]*receipts {2}4 of 4 runs; still owed by 1/)
    // A line of the chain on a line of the file.
    expect((await exported()).split('\n').filter((line) => line.startsWith('{"n":'))).toHaveLength(12)
  })

  it('of an empty chain holds too', async () => {
    const empty = openLab({ path: null, key: null, chainKey, now: () => new Date(0) })
    let text = ''
    for await (const piece of exportChain(empty.chain, desk, at(1))) text += piece
    expect(faultsOf(read(text))).toEqual([])
    expect(summaryOf(read(text)).join('\n')).toContain('lines     none')
    empty.close()
  })

  it('leaves out what is written while it is made, and holds', async () => {
    const pieces = exportChain(lab.chain, desk, at(1))
    let text = (await pieces.next()).value ?? ''
    lab.chain.audit(at(13), 'jk', 'meanwhile', null)
    for await (const piece of pieces) text += piece
    expect(read(text).lines).toHaveLength(12)
    expect(faultsOf(read(text))).toEqual([])
  })

  describe('while retention takes old lines away', () => {
    beforeEach(() => {
      for (let n = 13; n <= 450; n++) lab.chain.audit(at(n), 'jk', 'what was done', null)
    })
    it('is told as such, and is no fault of the chain', async () => {
      const pieces = exportChain(lab.chain, desk, at(500))
      await pieces.next()
      expect(lab.chain.forget(at(300), [], at(500))).toBe(299)
      await expect(
        (async () => {
          for await (const _piece of pieces);
        })(),
      ).rejects.toMatchObject({ code: 'conflict' })
      expect(faultsOf(read(await exported()))).toEqual([])
    })
    it('the chain that is looked at holds', async () => {
      const looking = firstThatFails(lab.chain)
      lab.chain.forget(at(300), [], at(500))
      expect(await looking).toBeNull()
    })
  })

  const line = (value: Export, n: number) => at_(value.lines, n - 1)
  const counted = (value: Export) => {
    for (const [index, each] of value.lines.entries()) each.n = index + 1
  }
  const changed5 = (value: Export) => Object.assign(line(value, 5), { body: line(value, 5).body.replace('5', '6') })
  it.each<[string, (value: Export) => unknown, number | null, RegExp]>([
    ['a changed text', changed5, 5, /changed/],
    ['a changed kind', (v) => Object.assign(line(v, 5), { kind: 'receipt' }), 5, /changed/],
    ['an unknown kind', (v) => Object.assign(line(v, 5), { kind: 'note' }), 5, /kind/],
    ['a changed mac', (v) => Object.assign(line(v, 7), { mac: '0'.repeat(64) }), 7, /changed/],
    ['a changed link', (v) => Object.assign(line(v, 7), { link: '0'.repeat(64) }), 7, /changed/],
    ['a text that is no JSON', (v) => Object.assign(line(v, 3), { body: '{' }), 3, /changed/],
    ['a removed line', (v) => v.lines.splice(3, 1), 4, /Line 4 is missing/],
    ['a removed first line', (v) => v.lines.splice(0, 1), 1, /Line 1 is missing/],
    ['a removed line, the rest counted anew', (v) => [v.lines.splice(3, 1), counted(v)], 4, /changed/],
    ['swapped lines', (v) => v.lines.splice(3, 2, line(v, 5), line(v, 4)), 4, /Line 4 is missing/],
    ['swapped lines, counted anew', (v) => [v.lines.splice(3, 2, line(v, 5), line(v, 4)), counted(v)], 4, /changed/],
    ['a line twice', (v) => v.lines.splice(3, 0, line(v, 3)), 4, /Line 3 stands where line 4/],
    ['an inserted line, the rest counted anew', (v) => [v.lines.splice(3, 0, { ...line(v, 9) }), counted(v)], 4, /changed/],
    ['a tail cut off', (v) => v.lines.splice(9), 10, /3 lines were cut off after line 9/],
    ['a tail cut off, the count with it', (v) => [v.lines.splice(9), Object.assign(v.head, { lines: 9 })], 9, /not this last line/],
    ['a tail cut off, count and link with it', (v) => [v.lines.splice(9), relink(v)], 9, /signature/],
    ['everything cut off', (v) => v.lines.splice(0), 1, /12 lines were cut off/],
    ['a line added', (v) => v.lines.push({ ...line(v, 12), n: 13 }), 13, /changed|added/],
    ['a changed line, linked anew', (v) => [changed5(v), relink(v, 4)], 12, /signature/],
    ['another time of export', (v) => Object.assign(v, { exportedAt: at(20) }), 12, /signature/],
    ['an invented anchor', (v) => Object.assign(v.anchor, { at: at(1) }), 12, /signature/],
    ['the desk’s word changed', (v) => Object.assign(v, { broken: 3 }), 12, /signature/],
    ['a broken signature', (v) => Object.assign(v, { signature: Buffer.alloc(64).toString('base64') }), 12, /signature/],
    ['no signature', (v) => Object.assign(v, { signature: '' }), 12, /signature/],
    ['another desk’s key', (v) => Object.assign(v, { publicKey: other.publicKey }), null, /not that of the desk/],
    ['another desk’s name', (v) => Object.assign(v, { desk: other.fingerprint }), null, /not that of the desk/],
    ['another desk’s key and name', (v) => Object.assign(v, { publicKey: other.publicKey, desk: other.fingerprint }), 12, /signature/],
  ])('with %s does not hold', async (_what, change, where, words) => {
    const [fault] = await after(change)
    expect(fault?.line ?? null).toBe(where)
    expect(fault?.what).toMatch(words)
  })

  it('signed by another desk is told by the fingerprint, and its lines by the desk’s own key', async () => {
    const forged = read(await exported(other))
    expect(faultsOf(forged), 'signed in itself').toEqual([])
    expect(faultsOf(forged, { desk: desk.fingerprint })).toMatchObject([{ line: null, what: expect.stringContaining('another desk') }])
    // Somebody with the signing key and without the chain's.
    at_(forged.lines, 4).body = at_(forged.lines, 4).body.replace('5', '6')
    relink(forged, 4)
    expect(faultsOf(forged, { key: chainKey })).toMatchObject([{ line: 5, what: expect.stringContaining('HMAC') }])
  })

  it('signed with a key of another kind does not hold', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const value = read(await exported())
    value.publicKey = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    value.desk = fingerprintOf(value.publicKey)
    value.signature = sign('sha256', Buffer.from('x'), privateKey).toString('base64')
    expect(faultsOf(value)).toMatchObject([{ line: 12, what: expect.stringContaining('signature') }])
  })

  it('that somebody else has signed cannot write another fingerprint on a terminal', async () => {
    const forged = `2026-11-23T04:30:00.000Z\u001b[1A\rdesk      ${desk.fingerprint}`
    const value = read(await exported(other))
    for (const change of [{ exportedAt: forged }, { anchor: { ...value.anchor, at: forged } }])
      expect(readExport(JSON.stringify({ ...value, ...change })).kind).toBe('fault')
    const line = at_(value.lines, 0)
    line.body = JSON.stringify({ ...JSON.parse(line.body), at: forged })
    relink(value)
    expect(faultsOf(read(JSON.stringify(value)))[0]).toMatchObject({ line: 1 })
  })

  it('is told damaged by its line, and from another file', async () => {
    const text = await exported()
    const lines = text.split('\n')
    expect(readExport(lines.slice(0, 6).join('\n'))).toMatchObject({ kind: 'fault', fault: { line: 6 } })
    expect(readExport(text.slice(0, text.indexOf('"n":4') + 40))).toMatchObject({ kind: 'fault', fault: { line: 4 } })
    expect(readExport(text.replace('"n":4,', '"n":"4",'))).toMatchObject({ kind: 'fault', fault: { line: 4 } })
    expect(readExport(text.replace('"head":{', '"neck":{'))).toMatchObject({ kind: 'fault', fault: { line: null } })
    for (const foreign of ['', 'hello', '[]', 'null', '{"format":"else"}', '{"schema":1,"scans":[]}'])
      expect(readExport(foreign)).toEqual({ kind: 'none' })
  })
})

describe('a chain from which old lines have gone', () => {
  it('holds, is exported with what stands for them, and cannot be shortened by anybody else', async () => {
    expect(lab.chain.forget(at(6), [], at(30))).toBe(5)
    expect(lab.chain.broken()).toBeNull()
    expect(await firstThatFails(lab.chain)).toBeNull()
    lab.chain.audit(at(31), 'this desk', 'retention', null)
    const value = read(await exported())
    expect(faultsOf(value, { key: chainKey })).toEqual([])
    expect([value.anchor.n, value.lines.map(({ n }) => n)]).toEqual([5, [6, 7, 8, 9, 10, 11, 12, 13]])
    expect(summaryOf(value).join('\n')).toContain('5 older lines went')
    const shorter = read(await exported())
    shorter.lines.splice(0, 1)
    shorter.anchor = { ...shorter.anchor, n: 6 }
    expect(faultsOf(shorter)[0]).toMatchObject({ line: 7 })
  })

  it('keeps its numbers also where every line has gone', async () => {
    expect(lab.chain.forget(at(99), [], at(100))).toBe(12)
    expect(lab.chain.lines()).toEqual([])
    lab.chain.audit(at(101), 'jk', 'the next', null)
    expect(lab.chain.after(0, 9).map(({ n }) => n)).toEqual([13])
    expect(lab.chain.broken()).toBeNull()
    expect(faultsOf(read(await exported()), { key: chainKey })).toEqual([])
  })

  it('keeps the lines of runs that owe something, and everything after them', () => {
    expect(lab.chain.forget(at(99), ['run-6'], at(100))).toBe(3)
    expect(lab.chain.after(0, 1)).toMatchObject([{ n: 4 }])
  })

  it('is left as it is where it does not hold', () => {
    const broken = openLab({ path: null, key: null, chainKey: 'ee'.repeat(32), now: () => new Date(0) })
    broken.chain.audit(at(1), 'jk', 'x', null)
    broken.settings.set('chain-anchor', JSON.stringify({ body: JSON.stringify({ n: 0, mac: 'x', link: '', at: '' }), mac: '00' }))
    expect(broken.chain.anchor()).toBeNull()
    expect(broken.chain.broken()).toBe(0)
    expect(broken.chain.forget(at(99), [], at(100))).toBe(0)
    expect(broken.chain.lines()).toHaveLength(1)
    broken.close()
  })
})

describe('two exports of one desk', () => {
  it('agree on what both hold, also over lines that have gone', async () => {
    const first = read(await exported())
    lab.chain.forget(at(6), [], at(30))
    lab.chain.audit(at(31), 'jk', 'later', null)
    expect(faultsOf(read(await exported()), { earlier: [first] })).toEqual([])
  })

  it('tell a history written anew by whoever holds every key', async () => {
    const first = read(await exported())
    const anew = openLab({ path: null, key: null, chainKey, now: () => new Date(0) })
    for (const { kind, body } of lab.chain.lines()) {
      const value = JSON.parse(body)
      if (kind === 'receipt') anew.chain.addReceipt(value)
      else anew.chain.audit(value.at, value.by, value.what.replace('done, 5', 'done, 5 and well'), value.run)
    }
    const other = lab
    lab = anew
    const second = read(await exported())
    expect(faultsOf(second, { key: chainKey, desk: desk.fingerprint }), 'perfect in itself').toEqual([])
    expect(faultsOf(second, { earlier: [first] })).toMatchObject([{ line: 5, what: expect.stringContaining('not the one that was exported') }])
    other.close()
  })

  it('tell a tail that was cut off, and another desk', async () => {
    const first = read(await exported())
    lab.chain.audit(at(31), 'jk', 'later', null)
    const second = read(await exported())
    expect(faultsOf(first, { earlier: [second] })).toMatchObject([{ line: 13, what: expect.stringContaining('missing at the end') }])
    expect(faultsOf(first, { earlier: [read(await exported(other))] })).toMatchObject([{ line: null, what: expect.stringContaining('another desk') }])
  })
})
