/**
 * The chain of receipts and audit lines as a file for whoever answers for data protection, to be looked at with `scanside-verify`.
 * Each line carries a link anybody can check (SHA-256 over the link before and the line); the desk's key signs the last one.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ScansideError } from '../../oct/errors.ts'
import { type Chain, chainLink, noAnchor } from '../store/chain.ts'

export const exportFormat = 'scanside-audit/1'

/** DER of an Ed25519 private key (RFC 8410) up to its 32-byte seed. */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex')

export interface SigningKey {
  private: KeyObject
  /** DER (SPKI), base64 */
  publicKey: string
  /** What people compare: the first 16 bytes of the public key's SHA-256, in groups of four hex digits. */
  fingerprint: string
}

/** @param seed 32 bytes as hex, from `signKey` */
export function signingKey(seed: string): SigningKey {
  const key = createPrivateKey({ key: Buffer.concat([seedPrefix, Buffer.from(seed, 'hex')]), format: 'der', type: 'pkcs8' })
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const digest = createHash('sha256').update(der).digest('hex').slice(0, 32)
  return { private: key, publicKey: der.toString('base64'), fingerprint: digest.match(/.{4}/g)?.join('-') ?? '' }
}

/** Lines looked at before others get a turn. */
const piece = 200

/** The number of the first line that does not follow from the one before, null where the chain is whole; others get their turn in between. */
export async function firstThatFails(chain: Pick<Chain, 'after' | 'anchor' | 'follows'>, signal?: AbortSignal): Promise<number | null> {
  const anchor = chain.anchor()
  if (anchor === null) return 1
  let { n, mac } = anchor
  for (;;) {
    signal?.throwIfAborted()
    // Old lines may have gone while others had their turn: what stands for them is where it goes on.
    const now = chain.anchor()
    if (now === null) return n + 1
    if (now.n > n) ({ n, mac } = now)
    const lines = chain.after(n, piece)
    for (const line of lines) {
      if (line.n !== n + 1 || !chain.follows(line, mac)) return n + 1
      n = line.n
      mac = line.mac
    }
    if (lines.length < piece) return null
    await nextTurn()
  }
}

/** What the signature is over. The verifier has these words of its own: neither is made from the other. */
interface Head {
  desk: string
  exportedAt: string
  anchor: { n: number; mac: string; link: string; at: string }
  broken: number | null
  lines: number
  link: string
}
const signedWords = ({ desk, exportedAt, anchor, broken, lines, link }: Head): string =>
  [exportFormat, desk, exportedAt, anchor.n, anchor.mac, anchor.link, anchor.at, broken ?? 'whole', lines, link].join('\n')

const gone = () =>
  new ScansideError(
    'conflict',
    'Old lines went by the site’s retention while they were exported. Nothing of what is kept was changed; export once more.',
  )

/**
 * The export as JSON, a line of the chain on a line of its own; up to the line that was the last when it began.
 * @throws ScansideError `conflict` where retention took lines away meanwhile: an export with a gap would say that somebody else had
 */
export async function* exportChain(
  chain: Pick<Chain, 'after' | 'anchor' | 'follows' | 'extent'>,
  key: SigningKey,
  exportedAt: string,
): AsyncGenerator<string> {
  const broken = await firstThatFails(chain)
  const anchor = chain.anchor() ?? noAnchor
  const count = chain.extent().lines
  const start = { format: exportFormat, desk: key.fingerprint, publicKey: key.publicKey, exportedAt, anchor, broken }
  yield `${JSON.stringify(start).slice(0, -1)},"lines":[\n`
  let link = anchor.link
  let written = 0
  let { n } = anchor
  while (written < count) {
    const lines = chain.after(n, Math.min(piece, count - written))
    if (lines[0]?.n !== n + 1 && (chain.anchor() ?? noAnchor).n > n) throw gone()
    if (lines.length === 0) break
    let text = ''
    for (const line of lines) {
      link = chainLink(link, line)
      text += `${JSON.stringify({ n: line.n, kind: line.kind, body: line.body, mac: line.mac, link })}${++written < count ? ',' : ''}\n`
      n = line.n
    }
    yield text
    await nextTurn()
  }
  const signature = sign(null, Buffer.from(signedWords({ desk: key.fingerprint, exportedAt, anchor, broken, lines: written, link })), key.private)
  yield `],"head":${JSON.stringify({ lines: written, link })},"signature":"${signature.toString('base64')}"}\n`
}
