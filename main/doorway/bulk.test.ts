import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { createBulk } from './bulk.ts'

const ask = (url: string) => new Request(`http://127.0.0.1:1${url}`)

describe('bulk', () => {
  const bulk = createBulk(() => undefined)

  it('answers by ticket, never stored', async () => {
    const url = bulk.mint(async (_, rest) => new Response(`got ${rest}`))
    const answer = await bulk.handle(ask(`${url}/frame/3`))
    expect(await answer.text()).toBe('got frame/3')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  })
  it('hands on any name that encodeURIComponent makes', async () => {
    const url = bulk.mint(async (_, rest) => new Response(decodeURIComponent(rest)))
    const name = "RNFL (1)'s ~*! ä/b"
    expect(await (await bulk.handle(ask(`${url}/layer/${encodeURIComponent(name)}`))).text()).toBe(`layer/${name}`)
  })
  it('knows nothing of a revoked ticket', async () => {
    const url = bulk.mint(async () => new Response('x'))
    bulk.revoke(url)
    expect((await bulk.handle(ask(url))).status).toBe(404)
  })
  it.each(['/bulk/', '/bulk/short', '/bulk/../index.html', `/bulk/${'a'.repeat(32)}/../../x`, '/other'])('refuses %s', async (path) => {
    expect((await bulk.handle(ask(path))).status).toBe(404)
  })
  it('tells a sentence, not a stack', async () => {
    const url = bulk.mint(async () => {
      throw new ScansideError('invalid-file', 'This is not a scan.')
    })
    const answer = await bulk.handle(ask(url))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid-file', message: 'This is not a scan.' })
  })
})
