/** The command line of `scanside-recover`. Exit 0: everything was opened; 1: something was not; 2: nothing could be looked at. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPrivateKey } from '../main/outbox/seal.ts'
import { recoverFolder } from './recover.ts'

const usage = `Usage: npx scanside-recover FOLDER KEYFILE OUT

  FOLDER   a desk's outbox: the folder "outbox" in Scanside's data folder; it is only read
  KEYFILE  the site's private recovery key, PEM
  OUT      where what is opened is written, in the clear: for the administrator alone

Index of what was opened: OUT/recovered.json`

/** @param ask for the key's passphrase, where it has one */
export async function recoverCommand(argv: readonly string[], ask: () => Promise<string>): Promise<{ text: string; code: number }> {
  const [folder, keyFile, out, ...more] = argv
  if (folder === undefined || keyFile === undefined || out === undefined || more.length > 0) return { text: usage, code: 2 }
  try {
    const pem = readFileSync(keyFile, 'utf8')
    const key = /ENCRYPTED/.test(pem) ? readPrivateKey(pem, await ask()) : readPrivateKey(pem)
    const { recovered, left } = await recoverFolder(folder, key, out)
    mkdirSync(out, { recursive: true, mode: 0o700 })
    writeFileSync(join(out, 'recovered.json'), `${JSON.stringify(recovered, null, 2)}\n`, { mode: 0o600 })
    const lines = [
      `Opened: ${recovered.length}`,
      ...recovered.map(({ file, size }) => `  ${file}  ${size} bytes`),
      ...(left.length > 0 ? [`Left: ${left.length}`, ...left.map(({ item, why }) => `  ${item}  ${why}`)] : []),
    ]
    return { text: lines.join('\n'), code: left.length > 0 ? 1 : 0 }
  } catch (error) {
    return { text: error instanceof Error ? error.message : 'Nothing could be looked at.', code: 2 }
  }
}
