/**
 * Receipts and audit lines, each with an HMAC-SHA256 over itself and the one before: a line changed, taken out or put in between
 * breaks the chain from there on. What it cannot show is a tail cut off together with the key's holder agreeing to it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { type Receipt, receiptSchema } from '../../preload/contract.ts'
import type { Sqlite, Write } from './sqlite.ts'

/** One line of the chain as stored: `body` is JSON without its mac. */
export interface ChainLine {
  kind: 'receipt' | 'audit'
  body: string
  mac: string
}

export interface Chain {
  /** Adds a receipt; answers it with its place in the chain. A later receipt of the same run stands for it. */
  addReceipt(receipt: Omit<Receipt, 'chain'>): Receipt
  /** Adds a line of what was done, by whom. Opaque ids and counts only. */
  audit(at: string, by: string, what: string, run: string | null): void
  /** The newest receipt of a run. */
  receipt(run: string): Receipt | null
  /** Every line, oldest first. */
  lines(): ChainLine[]
  /** Index of the first line that does not follow from the one before, or null where the chain is whole. */
  broken(): number | null
}

/** HMAC-SHA256, hex, over the mac before (empty for the first), the kind and the body. */
export const chainMac = (key: string, before: string, kind: string, body: string): string =>
  createHmac('sha256', Buffer.from(key, 'hex')).update(`${before}\n${kind}\n${body}`).digest('hex')

/** Index of the first line whose mac does not hold, or null. */
export const firstBroken = (key: string, lines: ChainLine[]): number | null => {
  let before = ''
  for (const [index, line] of lines.entries()) {
    const right = Buffer.from(chainMac(key, before, line.kind, line.body))
    const found = Buffer.from(line.mac)
    if (right.length !== found.length || !timingSafeEqual(right, found)) return index
    before = line.mac
  }
  return null
}

const lineRow = z.object({ kind: z.enum(['receipt', 'audit']), body: z.string(), mac: z.string() })

/** The chain over its table; `write` wraps a transaction. */
export const createChain = (db: Sqlite, write: Write, key: string): Chain => {
  const lines = () => db.all(lineRow, 'SELECT kind, body, mac FROM chain ORDER BY n')
  const add = (kind: 'receipt' | 'audit', run: string | null, at: string, body: string): string =>
    write(() => {
      const before = db.all(z.object({ mac: z.string() }), 'SELECT mac FROM chain ORDER BY n DESC LIMIT 1')[0]?.mac ?? ''
      const mac = chainMac(key, before, kind, body)
      db.run('INSERT INTO chain (kind, run, at, body, mac) VALUES (?, ?, ?, ?, ?)', kind, run, at, body, mac)
      return mac
    })
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
    lines,
    broken: () => firstBroken(key, lines()),
  }
}
