import { expect, it } from 'vitest'
import { throughMain } from './deliver.ts'

const png = new Blob([Uint8Array.from([1, 2, 3])], { type: 'image/png' })

it('sends the bytes to the ticket it got for them', async () => {
  const asked: unknown[] = []
  const app = {
    pictureTicket: async (input: unknown) => {
      asked.push(input)
      return { url: '/bulk/t' }
    },
  }
  const sent: unknown[] = []
  const send = async (path: string, init: RequestInit) => {
    sent.push(path, init.method, (init.body as Blob).size)
    return Response.json({ done: true })
  }
  expect(await throughMain(app, send, 'failed')(png, 'file', 'scanside-od.png')).toBe(true)
  expect(asked).toEqual([{ size: 3, to: 'file', name: 'scanside-od.png' }])
  expect(sent).toEqual(['/bulk/t', 'PUT', 3])
})

it('tells when no file was chosen, and why it failed', async () => {
  const app = { pictureTicket: async () => ({ url: '/bulk/t' }) }
  expect(await throughMain(app, async () => Response.json({ done: false }), 'failed')(png, 'file', 'x.png')).toBe(false)
  const full = { code: 'disk-full', message: 'There is no room.', details: {} }
  await expect(throughMain(app, async () => Response.json(full, { status: 400 }), 'failed')(png, 'file', 'x.png')).rejects.toMatchObject(full)
})
