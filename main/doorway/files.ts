/** The built page, served from a list made at start: what is not on the list does not exist, whatever the path says. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { answerHeaders } from './headers.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
}

export type ServeFile = (method: string, pathname: string) => Response

/** Serves the files under `folder` (the built renderer) by exact path; `/` is index.html. GET and HEAD only. */
export function createFiles(folder: string): ServeFile {
  const known = new Map<string, string>()
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, entry)
    if (statSync(file).isFile() && types[extname(file)]) known.set(`/${relative(folder, file).split(sep).join('/')}`, file)
  }
  const index = known.get('/index.html')
  if (index) known.set('/', index)

  return (method, pathname) => {
    if (method !== 'GET' && method !== 'HEAD') return new Response('', { status: 405, headers: answerHeaders('text/plain') })
    const file = known.get(pathname)
    if (!file) return new Response('Not found', { status: 404, headers: answerHeaders('text/plain') })
    const headers = answerHeaders(types[extname(file)] ?? 'application/octet-stream')
    return new Response(method === 'HEAD' ? null : new Uint8Array(readFileSync(file)), { headers })
  }
}
