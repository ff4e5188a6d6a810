/** The command line of `scanside-verify`. Exit 0: holds; 1: does not; 2: nothing could be looked at. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Expected, type Export, faultsOf, readExport, summaryOf } from './verify.ts'

const usage = `Usage: npx scanside-verify FILE [--desk FINGERPRINT] [--earlier FILE]... [--key-from-keyring]

  FILE                a desk's export (Settings > Self-check > Export)
  --desk              the fingerprint that desk shows in Settings; without it, compare the one printed
  --earlier           an export of the same desk kept from before: nothing in it may be otherwise now
  --key-from-keyring  also check each line's HMAC; only at that desk, as its user`

class Ended extends Error {
  readonly code: number

  constructor(message: string, code: number) {
    super(message)
    this.code = code
  }
}

function exportIn(file: string): Export {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Ended(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, 2)
  }
  const found = readExport(text)
  if (found.kind === 'none') throw new Ended(`${file} is not an export of Scanside’s receipts.`, 2)
  if (found.kind === 'fault')
    throw new Ended(`DOES NOT HOLD\n  ${found.fault.line === null ? '' : `line ${found.fault.line}: `}${found.fault.what}`, 1)
  return found.value
}

async function keyOfThisDesk(): Promise<string> {
  const module: { getPassword?: Ask; default?: { getPassword: Ask } } = await import('keytar')
  const key = await (module.default?.getPassword ?? module.getPassword)?.('org.scanside', 'chain-key').catch(() => null)
  if (!key || !/^[0-9a-f]{64}$/.test(key)) throw new Ended('This computer’s keyring has no key of Scanside’s receipts for this account.', 2)
  return key
}
type Ask = (service: string, account: string) => Promise<string | null>

/** What it prints and how it ends. */
export async function verifyCommand(argv: string[]): Promise<{ text: string; code: number }> {
  try {
    const { values, positionals } = (() => {
      try {
        return parseArgs({
          args: argv,
          allowPositionals: true,
          options: {
            desk: { type: 'string' },
            earlier: { type: 'string', multiple: true },
            'key-from-keyring': { type: 'boolean' },
            help: { type: 'boolean', short: 'h' },
          },
        })
      } catch (error) {
        throw new Ended(`${error instanceof Error ? error.message : 'These words are not understood.'}\n\n${usage}`, 2)
      }
    })()
    if (values.help) return { text: usage, code: 0 }
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw new Ended(usage, 2)
    const found = exportIn(file)
    const earlier = (values.earlier ?? []).map(exportIn)
    for (const each of earlier) if (faultsOf(each).length > 0) throw new Ended('The earlier export does not hold itself: verify it first.', 2)
    const expected: Expected = {
      earlier,
      ...(values.desk === undefined ? {} : { desk: values.desk }),
      ...(values['key-from-keyring'] ? { key: await keyOfThisDesk() } : {}),
    }
    const faults = faultsOf(found, expected)
    if (faults.length > 0) {
      const told = faults.map(({ line, what }) => `  ${line === null ? '' : `line ${line}: `}${what}`)
      return { text: ['DOES NOT HOLD', ...told].join('\n'), code: 1 }
    }
    const compared =
      values.desk === undefined ? ['', 'Compare the desk’s fingerprint with the one it shows in Settings, or give it with --desk.'] : []
    const beyond = expected.key === undefined ? [] : ['HMACs     hold with this desk’s own key']
    const before = earlier.length === 0 ? [] : ['earlier   nothing is otherwise than it was exported before']
    return { text: ['HOLDS', ...summaryOf(found), ...before, ...beyond, ...compared].join('\n'), code: 0 }
  } catch (error) {
    if (error instanceof Ended) return { text: error.message, code: error.code }
    throw error
  }
}
