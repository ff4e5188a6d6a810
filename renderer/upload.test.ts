import { expect, it } from 'vitest'
import { putBytes } from './upload.ts'

const file = new File(['HSF-OCT-103'], 'Mustermann_Erika_716.vol', { type: 'text/plain' })

it('sends the bytes alone: no name, no type', async () => {
  const sent: { path: string; init: RequestInit }[] = []
  await putBytes(
    async (path, init) => {
      sent.push({ path, init })
      return new Response(null, { status: 204 })
    },
    '/bulk/t',
    file,
    'failed',
  )
  const [only] = sent
  expect(only?.path).toBe('/bulk/t')
  const body = only?.init.body
  expect(body).toBeInstanceOf(Blob)
  expect(body).not.toBeInstanceOf(File)
  expect(await new Response(body as Blob).text()).toBe('HSF-OCT-103')
  expect(JSON.stringify(only)).not.toContain('Mustermann')
})

it('tells what the engine room said, else that it failed', async () => {
  const refusal = { code: 'invalid-file', message: 'This is not a scan.', details: {} }
  await expect(putBytes(async () => Response.json(refusal, { status: 400 }), '/bulk/t', file, 'failed')).rejects.toMatchObject(refusal)
  await expect(putBytes(async () => new Response('<html>', { status: 500 }), '/bulk/t', file, 'failed')).rejects.toMatchObject({ message: 'failed' })
  await expect(putBytes(() => Promise.reject(new TypeError('net')), '/bulk/t', file, 'failed')).rejects.toMatchObject({ message: 'failed' })
})
