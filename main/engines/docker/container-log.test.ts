import { describe, expect, it } from 'vitest'
import { follow } from './container-log.ts'

const frame = (stream: 1 | 2, text: string): Buffer => {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}
async function* log(...chunks: (Buffer | Error)[]) {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk
    yield chunk
  }
}
const told = async (source: AsyncIterable<Uint8Array>, skip = 0, logBytes = 10_000) => {
  const lines: string[] = []
  const parts = {
    limits: { logBytes },
    now: () => new Date(0),
    onLine: ({ stream, text }: { stream: string; text: string }) => lines.push(`${stream}: ${text}`),
  }
  return { heard: await follow(source, parts, skip), lines }
}
const whole = [frame(1, 'one\ntwo\n'), frame(2, 'wrong\n'), frame(1, 'three')]

describe('a log that is followed', () => {
  it.each([
    [0, ['stdout: one', 'stdout: two', 'stderr: wrong', 'stdout: three']],
    [2, ['stderr: wrong', 'stdout: three']],
    [4, []],
    [9, []],
  ])('tells what comes after the first %s lines, and counts all of them', async (skip, lines) => {
    expect(await told(log(...whole), skip)).toEqual({ heard: 4, lines })
  })

  it('says what it dropped, and that it broke off', async () => {
    const flood = await told(log(frame(1, 'x'.repeat(50_000))))
    expect(flood.lines.at(-1)).toMatch(/^scanside: \d+ bytes of log were dropped: more than this run may write\.$/)
    const broken = await told(log(frame(1, 'one\n'), new Error('cut')))
    expect(broken).toEqual({ heard: 1, lines: ['stdout: one', 'scanside: The log could not be followed to its end.'] })
  })
})
