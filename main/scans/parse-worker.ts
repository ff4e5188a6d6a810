/**
 * Reads a scan's headers in a thread of its own, with little memory and without the file: a hostile header can end this thread and
 * nothing else. It may stand ready before there is anything to read; then it reads one set of files, and answers one scan or one failure.
 */
import { parentPort } from 'node:worker_threads'
import { ScansideError } from '../../oct/errors.ts'
import { readScan } from '../../oct/formats/index.ts'
import type { FromWorker, ToWorker } from './parse-messages.ts'
import { readingAhead } from './read-ahead.ts'

const port = parentPort
if (port) {
  const say = (message: FromWorker) => port.postMessage(message)
  const asked = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>()
  let last = 0
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'files') return readSet(message.files)
    const question = asked.get(message.id)
    asked.delete(message.id)
    if (message.kind === 'bytes') question?.resolve(message.bytes)
    else question?.reject(new ScansideError('invalid-file', message.message))
  })
  const read = (file: number) => (offset: number, length: number) =>
    new Promise<Uint8Array>((resolve, reject) => {
      last++
      asked.set(last, { resolve, reject })
      say({ kind: 'read', id: last, file, offset, length })
    })
  const readSet = (files: { name: string; size: number }[]): void => {
    const sources = readingAhead(files.map(({ size }, file) => ({ size, read: read(file) })))
    readScan(sources.map((source, file) => ({ name: files[file]?.name ?? '', source }))).then(
      (scan) => say({ kind: 'scan', scan }),
      (error: unknown) => {
        if (error instanceof ScansideError) say({ kind: 'failed', code: error.code, message: error.message, details: error.details })
        else throw error
      },
    )
  }
}
