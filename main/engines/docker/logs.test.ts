import { describe, expect, it } from 'vitest'
import { demultiplex, lineCap, lineCost, lineSplitter } from './logs.ts'

const frame = (stream: number, text: string): Buffer => {
  const body = Buffer.from(text)
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(body.length, 4)
  return Buffer.concat([header, body])
}

const splitAll = (bytes: Buffer, piece: number, limit = 1_000_000) => {
  const lines: string[] = []
  const split = lineSplitter({ bytes: limit }, (stream, text) => lines.push(`${stream}: ${text}`))
  const take = demultiplex(split.push)
  for (let at = 0; at < bytes.length; at += piece) take(bytes.subarray(at, at + piece))
  return { lines, dropped: split.end(), counts: () => lines.length }
}

describe('a log', () => {
  it.each([1, 3, 7, 8, 9, 1000])('comes apart whatever the pieces (%i bytes)', (piece) => {
    const bytes = Buffer.concat([frame(1, 'one\ntw'), frame(2, 'err\n'), frame(1, 'o\n'), frame(1, ''), frame(1, 'schön')])
    expect(splitAll(bytes, piece).lines).toEqual(['stdout: one', 'stderr: err', 'stdout: two', 'stdout: schön'])
  })

  it('refuses what is no multiplexed log', () => {
    expect(() => demultiplex(() => {})(Buffer.from('plain text of a terminal'))).toThrow()
  })

  it('cuts a line without an end', () => {
    const { lines, dropped } = splitAll(Buffer.concat([frame(1, 'x'.repeat(10_000)), frame(1, 'y\nnext\n')]), 1024)
    expect(lines).toEqual([`stdout: ${'x'.repeat(lineCap)}`, 'stdout: next'])
    expect(dropped).toBe(10_001 - lineCap)
  })

  it('drops what exceeds the run, and counts it', () => {
    const { lines, dropped } = splitAll(frame(1, 'abcd\n'.repeat(100)), 64, 3 * (4 + lineCost) + 5)
    expect(lines).toEqual(['stdout: abcd', 'stdout: abcd', 'stdout: abcd', 'stdout: abcd'])
    expect(dropped).toBe(96 * 5)
  })

  it('does not let empty lines through for nothing', () => {
    expect(splitAll(frame(1, '\n'.repeat(1_000)), 100, 10 * lineCost).lines).toHaveLength(10)
  })

  it('takes control characters out', () => {
    expect(splitAll(frame(1, '\u001b[31mred\u001b[0m\tx\r\n'), 100).lines).toEqual(['stdout: [31mred[0m\tx'])
  })

  it('survives bytes that are no text', () => {
    expect(splitAll(Buffer.concat([frame(1, ''), Buffer.from([1, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xfe, 10])]), 100).lines).toEqual([
      'stdout: \ufffd\ufffd',
    ])
  })
})
