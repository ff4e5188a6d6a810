import { expect, it } from 'vitest'
import { fetchText, saveThroughMain } from './save-text.ts'

it('fetches the text, or rejects with the engine room’s own sentence', async () => {
  const text = await fetchText(async () => new Response('ok\n'), '/bulk/t', 'failed')
  expect(await text.text()).toBe('ok\n')
  const gone = { code: 'not-found', message: 'This is no longer open.', details: {} }
  await expect(fetchText(async () => Response.json(gone, { status: 404 }), '/bulk/t', 'failed')).rejects.toMatchObject(gone)
  await expect(fetchText(async () => new Response('<html>', { status: 502 }), '/bulk/t', 'failed')).rejects.toMatchObject({ message: 'failed' })
  await expect(fetchText(() => Promise.reject(new Error('net')), '/bulk/t', 'failed')).rejects.toMatchObject({ message: 'failed' })
})

it('hands the text to main under its name, and tells whether a file was chosen', async () => {
  const asked: unknown[] = []
  const app = {
    textTicket: async (input: unknown) => {
      asked.push(input)
      return { url: '/bulk/u' }
    },
  }
  const sent: unknown[] = []
  const send = async (path: string, init: RequestInit) => {
    sent.push(path, init.method)
    return Response.json({ done: sent.length === 2 })
  }
  const text = new Blob(['ok\n'])
  expect(await saveThroughMain(app, send, text, 'scanside-report.txt', 'failed')).toBe(true)
  expect(await saveThroughMain(app, send, text, 'scanside-report.txt', 'failed')).toBe(false)
  expect(asked[0]).toEqual({ size: 3, name: 'scanside-report.txt' })
  expect(sent.slice(0, 2)).toEqual(['/bulk/u', 'PUT'])
})
