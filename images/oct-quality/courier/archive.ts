/** The archive as the courier needs it: scans out, one result in, and the end of its own token. XNAT's REST API, as the token's person. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { RemoteOutcome } from '../../../main/engines/remote/job.ts'
import { nameInUri } from '../../../main/engines/remote/listed-file.ts'
import { type Answered, type Ask, type Asked, patiently } from './http.ts'
import { type CourierJob, Trouble } from './job.ts'

export interface CourierArchive {
  /** The bytes, from their beginning, of the file of a list whose name has this SHA-256. @throws Trouble where the archive does not give it out */
  open(from: { list: string; nameDigest: string }): Promise<Answered>
  /** Sends results.json, and believes it only when it is listed as it was sent. */
  send(bytes: Buffer): Promise<NonNullable<RemoteOutcome['results']>>
  /** Ends the token by itself; true where the archive then answers 401. Never rejects. */
  withdraw(): Promise<boolean>
}

const digest = (kind: 'md5' | 'sha256', bytes: Buffer): string => createHash(kind).update(bytes).digest('hex')

const listing = z.object({
  ResultSet: z.object({ Result: z.array(z.object({ URI: z.string(), Size: z.coerce.number(), digest: z.string().optional() })) }),
})

const listLimit = 16 * 1024 * 1024

/** The path below its resource that a file's address ends with. */
const below = (uri: string): string => {
  const at = uri.indexOf('/files/')
  return at < 0
    ? ''
    : uri
        .slice(at + '/files/'.length)
        .split('/')
        .map(decodeURIComponent)
        .join('/')
}

export function openArchive(job: CourierJob, token: { alias: string; secret: string }, ask: Ask, signal: AbortSignal): CourierArchive {
  const address = job.archive.address.replace(/\/+$/, '')
  const authorization = `Basic ${Buffer.from(`${token.alias}:${token.secret}`).toString('base64')}`
  // One server session for everything: the archive opens a new one for each request that brings none.
  let cookie: string | null = null

  const asked = async (path: string, more: Omit<Asked, 'url' | 'method'> & { method?: Asked['method'] } = {}): Promise<Answered> => {
    const answer = await ask({
      method: 'GET',
      ...more,
      url: `${address}${path}`,
      headers: { ...more.headers, authorization, ...(cookie === null ? {} : { cookie }) },
    })
    cookie ??= answer.headers['set-cookie']?.find((each) => each.startsWith('JSESSIONID='))?.split(';')[0] ?? null
    if (answer.status === 401) {
      answer.stream.destroy()
      throw new Trouble('token-refused')
    }
    return answer
  }

  const files = `/data/experiments/${encodeURIComponent(job.home.session)}/resources/SCANSIDE/files`
  const lists = new Map<string, Promise<Map<string, string>>>()
  /** URIs of a list by their names' digests; asked once, a failure is not remembered. */
  const listed = (list: string): Promise<Map<string, string>> => {
    const known = lists.get(list)
    if (known) return known
    const asking = byDigest(list)
    lists.set(list, asking)
    asking.catch(() => lists.delete(list))
    return asking
  }
  const byDigest = async (list: string): Promise<Map<string, string>> => {
    const answer = await patiently(() => asked(`${list}?format=json`), signal)
    if (answer.status !== 200) {
      answer.stream.destroy()
      throw new Trouble(answer.status >= 500 || answer.status === 429 ? 'archive-unreachable' : 'input-missing')
    }
    const rows = listing.parse(JSON.parse((await answer.bytes(listLimit)).toString('utf8'))).ResultSet.Result
    return new Map(rows.map(({ URI }) => [digest('sha256', Buffer.from(nameInUri(URI))), URI]))
  }

  return {
    async open({ list, nameDigest }) {
      const uri = (await listed(list)).get(nameDigest)
      if (uri === undefined || !/^\/(?!\/)/.test(uri)) throw new Trouble('input-missing')
      const answer = await patiently(() => asked(uri), signal)
      if (answer.status === 200) return answer
      answer.stream.destroy()
      throw new Trouble(answer.status >= 500 || answer.status === 429 ? 'archive-unreachable' : 'input-missing')
    },

    async send(bytes) {
      const sent = { size: bytes.length, sha256: digest('sha256', bytes), md5: digest('md5', bytes) }
      const target = `${files}/${job.home.name.split('/').map(encodeURIComponent).join('/')}?inbody=true&overwrite=true&format=JSON`
      const headers = { 'content-type': 'application/octet-stream' }
      const put = await patiently(() => asked(target, { method: 'PUT', body: bytes, headers }), signal)
      // An empty answer and 200 may also mean that nothing was stored: the listing tells.
      if (put.status !== 200 && put.status !== 201) {
        put.stream.destroy()
        throw new Trouble(put.status >= 500 ? 'archive-unreachable' : 'upload-refused')
      }
      await put.bytes(1_000_000)
      const list = await patiently(() => asked(`${files}?format=json`), signal)
      if (list.status !== 200) {
        list.stream.destroy()
        throw new Trouble('upload-refused')
      }
      const { Result } = listing.parse(JSON.parse((await list.bytes(listLimit)).toString('utf8'))).ResultSet
      const file = Result.find(({ URI }) => below(URI) === job.home.name)
      if (file === undefined) throw new Trouble('upload-refused')
      if (file.Size !== sent.size) throw new Trouble('upload-differs')
      const md5 = file.digest?.toLowerCase() ?? ''
      if (/^[0-9a-f]{32}$/.test(md5)) {
        if (md5 !== sent.md5) throw new Trouble('upload-differs')
        return sent
      }
      const back = await patiently(() => asked(`${files}/${job.home.name.split('/').map(encodeURIComponent).join('/')}`), signal)
      if (!(await back.bytes(sent.size + 1)).equals(bytes)) throw new Trouble('upload-differs')
      return sent
    },

    async withdraw() {
      const quietly = (path: string, method: Asked['method'] = 'GET') =>
        asked(path, { method }).then(
          ({ stream }) => stream.destroy(),
          () => undefined,
        )
      await quietly(`/data/services/tokens/invalidate/${encodeURIComponent(token.alias)}`)
      await quietly('/data/JSESSION', 'DELETE')
      try {
        const last = await patiently(() => ask({ method: 'GET', url: `${address}/data/auth`, headers: { authorization } }), signal)
        last.stream.destroy()
        return last.status === 401
      } catch {
        return false
      }
    },
  }
}
