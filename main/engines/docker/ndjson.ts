/** Progress of loading and pulling: JSON, one object a line. The engine says 200 first and puts its error inside. */

/** Longest line that is read; the engine's are a few hundred bytes. */
const lineLimit = 1_000_000

/** An error the engine put into the stream of a call that had begun well. The text is the engine's own. */
export class StreamedFault extends Error {
  constructor(text: string) {
    super(text)
    this.name = 'StreamedFault'
  }
}

/**
 * Yields each object. Throws StreamedFault at the first that carries `error`, and where the last line is cut off or is not JSON:
 * a broken connection must not look like success.
 */
export async function* readProgress(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Record<string, unknown>> {
  const decoder = new TextDecoder()
  let rest = ''
  const parse = (line: string): Record<string, unknown> => {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      throw new StreamedFault('the engine broke off')
    }
    if (typeof value !== 'object' || value === null) throw new StreamedFault('the engine answered something else than progress')
    const event = value as Record<string, unknown>
    const detail = event.errorDetail as { message?: unknown } | undefined
    const error = typeof event.error === 'string' ? event.error : typeof detail?.message === 'string' ? detail.message : null
    if (error !== null) throw new StreamedFault(error)
    return event
  }
  for await (const chunk of source) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    let end = rest.indexOf('\n')
    while (end !== -1) {
      const line = rest.slice(0, end).trim()
      rest = rest.slice(end + 1)
      if (line !== '') yield parse(line)
      end = rest.indexOf('\n')
    }
    if (rest.length > lineLimit) throw new StreamedFault('the engine answered something else than progress')
  }
  if (rest.trim() !== '') yield parse(rest.trim())
}
