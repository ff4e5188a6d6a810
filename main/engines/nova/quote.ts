/** Values on their way into a shell script. Every one passes here: a constant between single quotes is never looked into by a shell. */
import { ScansideError } from '../../../oct/errors.ts'

const refuse = (what: string) =>
  new ScansideError('invalid-argument', `${what} cannot be handed to a cloud machine. Nothing was started; tell whoever set this up.`)

/** One word of a POSIX shell, whatever it holds. @throws ScansideError `invalid-argument` for a NUL, which no shell can carry */
export const shellQuoted = (text: string): string => {
  if (text.includes('\0')) throw refuse('A value with a NUL in it')
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * A line of curl's config: there an address stands in no list of processes.
 * @throws ScansideError `invalid-argument` for a line's end or a NUL: another line would be another option
 */
export const curlLine = (option: string, value: string): string => {
  if (/[\r\n\0]/.test(value)) throw refuse('An address or a header of more than one line')
  return `${option} = "${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** @throws ScansideError `invalid-argument` for what is not a whole number of bytes, files or the like */
export const wholeNumber = (value: number): string => {
  if (!Number.isSafeInteger(value) || value < 0) throw refuse('A number that is none')
  return String(value)
}

/** Loopback alone may be asked in the clear. @throws ScansideError `invalid-argument` */
export const safeAddress = (address: string): string => {
  const url = URL.canParse(address) ? new URL(address) : null
  const loopback = url !== null && /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(url.hostname)
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) {
    throw refuse('An address that is not protected (https)')
  }
  return address
}
