/** Reading an answer without trusting its size or its kind. */
import type { Readable } from 'node:stream'
import { ScansideError } from '../../oct/errors.ts'
import { networkFailure } from './failure.ts'

/**
 * The whole body, at most `limit` bytes.
 * @throws ScansideError `integrity` where there is more, `unreachable`, `timeout` or `cancelled` where it breaks off
 */
export const readBytes = async (stream: Readable, limit: number, host: string, signal?: AbortSignal): Promise<Uint8Array> => {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      size += part.byteLength
      if (size > limit) {
        stream.destroy()
        throw new ScansideError('integrity', `${host} sent more than was to be expected. It was not read further.`, { limit })
      }
      parts.push(part)
    }
  } catch (error) {
    throw networkFailure(error, host, signal)
  }
  return Buffer.concat(parts)
}

/** True where an answer is a page for people: an error page, a login page, a proxy's notice. */
export const isWebPage = (contentType: string, text: string): boolean =>
  /^\s*<(!doctype\s+html|html|head|body)\b/i.test(text) || (/\bhtml\b/i.test(contentType) && /^\s*</.test(text))

/** Values of one answer: a list of 250,000 lines with twelve fields each. More would take many times its size in memory, and half a minute. */
const mostValues = 4_000_000

/** Whether a text may hold more values than any answer has, without parsing it: every value but the first follows a comma, a brace or a bracket. */
const isTooDense = (text: string): boolean => {
  if (text.length <= mostValues) return false
  let marks = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x2c || code === 0x5b || code === 0x7b) marks += 1
  }
  return marks > mostValues
}

/**
 * Parses JSON from the network.
 * @throws ScansideError `not-supported` (`reason: web-page` or `not-json`) where it is none, `integrity` where it holds more than any answer
 */
export const parseJson = (contentType: string, text: string, host: string): unknown => {
  if (isWebPage(contentType, text)) {
    throw new ScansideError(
      'not-supported',
      `${host} answered with a web page instead of data. Something may stand between: a network log-in page, a proxy, a maintenance page. Nothing was lost.`,
      { reason: 'web-page', host },
    )
  }
  if (isTooDense(text)) throw new ScansideError('integrity', `${host} sent more than was to be expected. It was not read further.`, { mostValues })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ScansideError(
      'not-supported',
      `${host} answered with something that is not data. Nothing was lost.`,
      { reason: 'not-json', host },
      { cause },
    )
  }
}
