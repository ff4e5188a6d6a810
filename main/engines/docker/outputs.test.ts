import { Readable } from 'node:stream'
import { type Header, pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { checkedPath, readOutputs } from './outputs.ts'

const limits = { outputBytes: 1_000, outputFiles: 3, outputDepth: 3 }
const never = new AbortController().signal

async function tarOf(entries: (Partial<Header> & { name: string; body?: string })[]): Promise<Buffer> {
  const tar = pack()
  for (const { body, ...header } of entries) {
    if (body === undefined) tar.entry(header)
    else tar.entry(header, body)
  }
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const read = async (entries: Parameters<typeof tarOf>[0]) => readOutputs(Readable.from([await tarOf(entries)]), limits, never)
const rule = (name: string) => expect.objectContaining({ code: 'output-refused', details: { rule: name } })
const folder = { name: './', type: 'directory' as const }

describe('readOutputs', () => {
  it('hands out files as Docker and as Podman name them', async () => {
    for (const root of ['./', '']) {
      const outputs = await read([
        ...(root === '' ? [] : [folder]),
        { name: `${root}a/`, type: 'directory' },
        { name: `${root}a/results.json`, body: '{}' },
        { name: `${root}empty`, body: '' },
      ])
      expect(outputs.map(({ path, size }) => [path, size])).toEqual([
        ['a/results.json', 2],
        ['empty', 0],
      ])
    }
  })

  it.each<[string, Parameters<typeof tarOf>[0], string]>([
    ['a way out', [{ name: './../evil', body: 'x' }], 'parent'],
    ['a way out in the middle', [{ name: './a/../../evil', body: 'x' }], 'parent'],
    ['an absolute name', [{ name: '/etc/passwd', body: 'x' }], 'absolute'],
    ['an absolute name behind a dot', [{ name: './/etc/passwd', body: 'x' }], 'absolute'],
    ['a symbolic link', [{ name: './a', type: 'symlink', linkname: '/etc/passwd' }], 'type'],
    [
      'a hard link',
      [
        { name: './a', body: '' },
        { name: './b', type: 'link', linkname: 'a' },
      ],
      'type',
    ],
    ['a character device', [{ name: './a', type: 'character-device', devmajor: 1, devminor: 3 }], 'type'],
    ['a block device', [{ name: './a', type: 'block-device', devmajor: 8, devminor: 0 }], 'type'],
    ['a pipe', [{ name: './a', type: 'fifo' }], 'type'],
    ['a backslash', [{ name: './a\\b', body: '' }], 'backslash'],
    ['a control character', [{ name: './a\u0007b', body: '' }], 'control-character'],
    ['text that runs backwards', [{ name: './a\u202egnp.exe', body: '' }], 'control-character'],
    [
      'the same name twice',
      [
        { name: './a', body: '1' },
        { name: './a', body: '2' },
      ],
      'twice',
    ],
    ['too many files', ['a', 'b', 'c', 'd'].map((name) => ({ name, body: '' })), 'count'],
    ['too many folders', ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name: `${name}/`, type: 'directory' as const })), 'count'],
    ['folders too deep', [{ name: './a/b/c/d', body: '' }], 'depth'],
    ['a file too large', [{ name: './a', body: 'x'.repeat(1_001) }], 'size'],
    [
      'files too large together',
      [
        { name: './a', body: 'x'.repeat(600) },
        { name: './b', body: 'x'.repeat(600) },
      ],
      'size',
    ],
  ])('refuses %s', async (_, entries, broken) => {
    await expect(read([folder, ...entries])).rejects.toEqual(rule(broken))
  })

  it('refuses 2 GB by the header, without waiting for the bytes', async () => {
    const tar = pack()
    tar.on('error', () => {})
    tar.entry({ name: './results.json', size: 2_000_000_000 }).on('error', () => {})
    await expect(readOutputs(Readable.from(tar), limits, never)).rejects.toEqual(rule('size'))
    tar.destroy()
  })

  it('rejects where the stream breaks off', async () => {
    const whole = await tarOf([{ name: './a', body: 'x'.repeat(900) }])
    const broken = Readable.from(
      (async function* () {
        yield whole.subarray(0, 700)
        throw new Error('reset')
      })(),
    )
    await expect(readOutputs(broken, limits, never)).rejects.toThrow('reset')
  })

  it('rejects a tar that ends in the middle of a file', async () => {
    const whole = await tarOf([{ name: './a', body: 'x'.repeat(900) }])
    await expect(readOutputs(Readable.from([whole.subarray(0, 700)]), limits, never)).rejects.toThrow()
  })
})

describe('checkedPath', () => {
  it('knows the mount itself', () => {
    expect(['./', '', '.', './.'].map((name) => checkedPath(name, limits))).toEqual([null, null, null, null])
  })
})
