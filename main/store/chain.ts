/**
 * Receipts and audit lines, each with an HMAC-SHA256 over itself and the one before: a line changed, taken out or put in between
 * breaks the chain from there on. What it cannot show is a tail cut off together with the key's holder agreeing to it.
 *
 * Old lines may go by the site's retention. An anchor then stands for them: the last one's number, mac and link, with a mac of its own.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { type Receipt, receiptSchema } from '../../preload/contract.ts'
import type { Sqlite, Write } from './sqlite.ts'

/** One line of the chain as stored: `body` is JSON without its mac. */
export interface ChainLine {
  kind: 'receipt' | 'audit'
  body: string
  mac: string
}
/** With its number, from 1; numbers go on when old lines have gone. */
export interface NumberedLine extends ChainLine {
  n: number
}

/** What stands for lines that have gone: how many, and the last one's mac and link. All empty where none have. */
export interface Anchor {
  n: number
  mac: string
  link: string
  /** When they went, UTC. */
  at: string
}
export const noAnchor: Anchor = { n: 0, mac: '', link: '', at: '' }

export interface Chain {
  /** Adds a receipt; answers it with its place in the chain. A later receipt of the same run stands for it. */
  addReceipt(receipt: Omit<Receipt, 'chain'>): Receipt
  /** Adds a line of what was done, by whom. Opaque ids and counts only. */
  audit(at: string, by: string, what: string, run: string | null): void
  /** The newest receipt of a run. */
  receipt(run: string): Receipt | null
  /** Of runs whose newest receipt does not say that all is removed: that one. */
  incomplete(): Receipt[]
  /** Every line, oldest first. */
  lines(): ChainLine[]
  /** Lines after number `n`, at most so many: for whoever goes through a long chain a piece at a time. */
  after(n: number, most: number): NumberedLine[]
  /** How many lines there are, and when the oldest was written. */
  extent(): { lines: number; oldest: string | null }
  /** What stands for lines that have gone; null where what was written of it does not hold. */
  anchor(): Anchor | null
  /** Whether a line follows from the one before. */
  follows(line: ChainLine, before: string): boolean
  /** Index of the first line that does not follow from the one before, or null where the chain is whole. */
  broken(): number | null
  /**
   * Lets the oldest lines go: those before `before` (UTC), up to the first one of a run that has not ended, whose results are not home, or that is
   * in `owed`, or that does not hold. At most `mostAtOnce` of them; answers how many went.
   */
  forget(before: string, owed: readonly string[], now: string): number
}

/** HMAC-SHA256, hex, over the mac before (empty for the first), the kind and the body. */
export const chainMac = (key: string, before: string, kind: string, body: string): string =>
  createHmac('sha256', Buffer.from(key, 'hex')).update(`${before}\n${kind}\n${body}`).digest('hex')

/** SHA-256, hex, over the link before (empty for the first) and the whole line: what anybody can check without a key. */
export const chainLink = (before: string, { n, kind, body, mac }: NumberedLine): string =>
  createHash('sha256').update(`${before}\n${n}\n${kind}\n${body}\n${mac}`).digest('hex')

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Index of the first line whose mac does not hold, or null. `from`: the mac before the first. */
export const firstBroken = (key: string, lines: ChainLine[], from = ''): number | null => {
  let before = from
  for (const [index, line] of lines.entries()) {
    if (!same(chainMac(key, before, line.kind, line.body), line.mac)) return index
    before = line.mac
  }
  return null
}

const lineRow = z.object({ kind: z.enum(['receipt', 'audit']), body: z.string(), mac: z.string() })
const numberedRow = lineRow.extend({ n: z.number() })
const datedRow = numberedRow.extend({ at: z.string() })
const anchorSchema = z.object({ n: z.number().int(), mac: z.string(), link: z.string(), at: z.string() })
const numberRow = z.object({ n: z.number().nullable() })
const anchorName = 'chain-anchor'
/** Lines that go at once: others wait meanwhile. */
export const mostAtOnce = 500

/** The chain over its table; `write` wraps a transaction. */
export const createChain = (db: Sqlite, write: Write, key: string): Chain => {
  const lines = () => db.all(lineRow, 'SELECT kind, body, mac FROM chain ORDER BY n')
  const after = (n: number, most: number) => db.all(numberedRow, 'SELECT n, kind, body, mac FROM chain WHERE n > ? ORDER BY n LIMIT ?', n, most)
  const anchor = (): Anchor | null => {
    const stored = db.all(z.object({ value: z.string() }), 'SELECT value FROM settings WHERE name = ?', anchorName)[0]
    if (!stored) return noAnchor
    try {
      const { mac, body } = z.object({ body: z.string(), mac: z.string() }).parse(JSON.parse(stored.value))
      return same(chainMac(key, '', 'anchor', body), mac) ? anchorSchema.parse(JSON.parse(body)) : null
    } catch {
      return null
    }
  }
  const putAnchor = (value: Anchor) => {
    const body = JSON.stringify(value)
    const stored = JSON.stringify({ body, mac: chainMac(key, '', 'anchor', body) })
    db.run('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', anchorName, stored)
  }
  const add = (kind: 'receipt' | 'audit', run: string | null, at: string, body: string): string =>
    write(() => {
      const last = db.all(z.object({ n: z.number(), mac: z.string() }), 'SELECT n, mac FROM chain ORDER BY n DESC LIMIT 1')[0] ?? anchor() ?? noAnchor
      const mac = chainMac(key, last.mac, kind, body)
      db.run('INSERT INTO chain (n, kind, run, at, body, mac) VALUES (?, ?, ?, ?, ?, ?)', last.n + 1, kind, run, at, body, mac)
      return mac
    })
  const broken = (): number | null => {
    const from = anchor()
    return from === null ? 0 : firstBroken(key, lines(), from.mac)
  }
  return {
    addReceipt: (receipt) => {
      const checked = receiptSchema.omit({ chain: true }).parse(receipt)
      return { ...checked, chain: add('receipt', checked.run, checked.at, JSON.stringify(checked)) }
    },
    audit: (at, by, what, run) => {
      add('audit', run, at, JSON.stringify({ at, by, what, run }))
    },
    receipt: (run) => {
      const found = db.all(lineRow, "SELECT kind, body, mac FROM chain WHERE run = ? AND kind = 'receipt' ORDER BY n DESC LIMIT 1", run)[0]
      return found ? receiptSchema.parse({ ...JSON.parse(found.body), chain: found.mac }) : null
    },
    incomplete: () => {
      const newest = "SELECT max(n) FROM chain WHERE kind = 'receipt' GROUP BY run"
      const found = db.all(lineRow, `SELECT kind, body, mac FROM chain WHERE n IN (${newest}) AND body LIKE '%"complete":false%' ORDER BY n`)
      const receipts = found.flatMap(({ body, mac }) => {
        try {
          return [receiptSchema.parse({ ...JSON.parse(body), chain: mac })]
        } catch {
          // Somebody has changed it: `broken` tells of that.
          return []
        }
      })
      return receipts.filter(({ complete }) => !complete)
    },
    lines,
    after,
    extent: () => {
      const row = z.object({ lines: z.number(), oldest: z.string().nullable() })
      const found = db.all(row, 'SELECT count(*) AS lines, (SELECT at FROM chain ORDER BY n LIMIT 1) AS oldest FROM chain')[0]
      return found ?? { lines: 0, oldest: null }
    },
    anchor,
    follows: (line, before) => same(chainMac(key, before, line.kind, line.body), line.mac),
    broken,
    forget: (before, owed, now) => {
      const from = anchor()
      if (from === null) return 0
      const runs = "SELECT id FROM runs WHERE ended = 0 OR home = 'waiting' UNION SELECT value FROM json_each(?)"
      const stays = db.all(numberRow, `SELECT min(n) AS n FROM chain WHERE run IN (${runs})`, JSON.stringify(owed))[0]?.n ?? Number.MAX_SAFE_INTEGER
      const oldest = db.all(datedRow, 'SELECT n, kind, body, mac, at FROM chain ORDER BY n LIMIT ?', mostAtOnce)
      // Lines are written in the order of their time, but a clock may have been set back in between: the first that is young enough stays.
      const young = oldest.findIndex(({ n, at }) => n >= stays || at >= before)
      const old = young < 0 ? oldest : oldest.slice(0, young)
      const going = old.slice(0, firstBroken(key, old, from.mac) ?? old.length)
      const last = going.at(-1)
      if (last === undefined) return 0
      const link = going.reduce((link, line) => chainLink(link, line), from.link)
      write(() => {
        putAnchor({ n: last.n, mac: last.mac, link, at: now })
        db.run('DELETE FROM chain WHERE n <= ?', last.n)
      }, 'power')
      return going.length
    },
  }
}
