/** A container's log as lines. It is untrusted: line length and total are bounded, what exceeds them is counted and dropped. */

/** Characters shown of one line; the rest of it is dropped. */
export const lineCap = 4_000

/** What a line costs of the log beside its text, bytes: about what it takes to keep it. */
export const lineCost = 64

type Stream = 'stdout' | 'stderr'

/**
 * Takes the engine's multiplexed log apart: frames of 8 bytes header (stream, 0, 0, 0, length big-endian) and payload, cut anywhere.
 * A frame's payload is handed on in pieces as it comes, never gathered. Throws where the header is none.
 */
export function demultiplex(emit: (stream: Stream, bytes: Uint8Array) => void): (chunk: Uint8Array) => void {
  const header = new Uint8Array(8)
  let have = 0
  let left = 0
  let stream: Stream = 'stdout'
  return (chunk) => {
    let at = 0
    while (at < chunk.length) {
      if (left > 0) {
        const take = Math.min(left, chunk.length - at)
        emit(stream, chunk.subarray(at, at + take))
        left -= take
        at += take
        continue
      }
      const take = Math.min(8 - have, chunk.length - at)
      header.set(chunk.subarray(at, at + take), have)
      have += take
      at += take
      if (have < 8) continue
      const kind = header[0] ?? 255
      if (kind > 2 || header[1] !== 0 || header[2] !== 0 || header[3] !== 0) throw new Error('not a multiplexed log')
      stream = kind === 2 ? 'stderr' : 'stdout'
      left = new DataView(header.buffer).getUint32(4)
      have = 0
    }
  }
}

/** Without the control characters that could move a terminal's cursor or hide text; tabs stay. */
const controls = new RegExp(
  `[${String.fromCharCode(0)}-${String.fromCharCode(8)}${String.fromCharCode(11)}-${String.fromCharCode(31)}\u007f-\u009f]`,
  'g',
)

export interface LogLimits {
  /** Bytes of payload kept over both streams. */
  bytes: number
}

/** Lines from both streams' bytes, within limits. `end` flushes the last lines and returns how many bytes were dropped. */
export function lineSplitter(limits: LogLimits, onLine: (stream: Stream, text: string) => void) {
  const state = { stdout: { parts: [] as Uint8Array[], size: 0 }, stderr: { parts: [] as Uint8Array[], size: 0 } }
  let kept = 0
  let dropped = 0
  const decoder = new TextDecoder()

  const flush = (stream: Stream): void => {
    const pending = state[stream]
    const text = decoder.decode(Buffer.concat(pending.parts)).replace(controls, '')
    pending.parts = []
    pending.size = 0
    onLine(stream, text)
  }

  /** A stretch of one line, without its end. */
  const keep = (stream: Stream, bytes: Uint8Array): void => {
    const pending = state[stream]
    const room = Math.max(0, Math.min(lineCap - pending.size, limits.bytes - kept))
    const part = bytes.subarray(0, room)
    if (part.length > 0) {
      // A copy: the chunk's buffer belongs to the socket.
      pending.parts.push(Uint8Array.from(part))
      pending.size += part.length
      kept += part.length
    }
    dropped += bytes.length - part.length
  }

  return {
    push(stream: Stream, bytes: Uint8Array): void {
      let from = 0
      for (;;) {
        const end = bytes.indexOf(10, from)
        keep(stream, bytes.subarray(from, end === -1 ? bytes.length : end))
        if (end === -1) return
        // An empty line costs as well, else a flood of them would be free.
        if (kept < limits.bytes) {
          kept += lineCost
          flush(stream)
        } else {
          if (state[stream].size > 0) flush(stream)
          dropped += 1
        }
        from = end + 1
      }
    },
    end(): number {
      for (const stream of ['stdout', 'stderr'] as const) if (state[stream].size > 0) flush(stream)
      return dropped
    },
  }
}
