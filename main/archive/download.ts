/** A file's bytes from the archive, counted on the way. XNAT has no ranges: a broken download begins again. */
import { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import { networkFailure } from '../http/failure.ts'

const short = (got: number, size: number, cause?: unknown) =>
  new ScansideError(
    'integrity',
    'The archive sent less of the file than it had promised. Nothing of it was used; try again.',
    { got, size },
    cause === undefined ? {} : { cause },
  )

/**
 * Passes `source` on and ends with an error unless exactly `size` bytes came.
 * Errors: `integrity` where it is shorter, longer or breaks off, `cancelled` where the signal aborts, `timeout` where it stalls.
 */
export const counted = (source: Readable, size: number, host: string, signal: AbortSignal): Readable => {
  async function* pass() {
    let got = 0
    try {
      for await (const part of source as AsyncIterable<Uint8Array>) {
        got += part.byteLength
        if (got > size) {
          throw new ScansideError('integrity', 'The archive sent more of the file than it had promised. Nothing of it was used; try again.', { size })
        }
        yield part
      }
    } catch (error) {
      const told = networkFailure(error, host, signal)
      throw told.code === 'unreachable' ? short(got, size, error) : told
    }
    if (got < size) throw short(got, size)
  }
  return Readable.from(pass(), { objectMode: false })
}
