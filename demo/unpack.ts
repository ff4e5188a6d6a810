/** Takes an uploaded archive apart: zip, tar, tgz. */
import { gunzipSync } from 'node:zlib'
import { unzipSync } from 'fflate'
import { extract } from 'tar-stream'
import { Problem } from './http.ts'

const archive = /\.(zip|tar|tgz|tar\.gz)$/i

/** Whether `extract=true` means anything for a file of this name. */
export const isPacked = (name: string): boolean => archive.test(name)

/** The files inside, by path; folders, and names that lead out of the resource, are left out. 400 where the archive is broken. */
export async function unpack(name: string, bytes: Uint8Array): Promise<[path: string, bytes: Uint8Array][]> {
  try {
    const entries = /\.zip$/i.test(name) ? Object.entries(unzipSync(bytes)) : await untar(/gz$/i.test(name) ? gunzipSync(bytes) : bytes)
    return entries
      .map(([path, content]): [string, Uint8Array] => [path.replace(/^(\.?\/)+/, ''), content])
      .filter(([path]) => path !== '' && !path.endsWith('/') && !path.split('/').includes('..'))
  } catch {
    throw new Problem(400, 'Unable to extract the uploaded archive.')
  }
}

function untar(bytes: Uint8Array): Promise<[string, Uint8Array][]> {
  return new Promise((resolve, reject) => {
    const files: [string, Uint8Array][] = []
    const tar = extract()
    tar.on('entry', (header, stream, next) => {
      const parts: Buffer[] = []
      stream.on('data', (part) => parts.push(part as Buffer))
      stream.on('end', () => {
        if (header.type === 'file') files.push([header.name, Buffer.concat(parts)])
        next()
      })
    })
    tar.on('finish', () => resolve(files))
    tar.on('error', reject)
    tar.end(Buffer.from(bytes))
  })
}
