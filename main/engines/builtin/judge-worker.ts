/**
 * Judges scans in a thread of its own, one after another, without their files: a hostile one can end this thread and nothing else.
 * It may stand ready before there is anything to judge.
 */
import { parentPort, type Transferable } from 'node:worker_threads'
import { createCodecs } from '../../../oct/codecs/index.ts'
import { ScansideError } from '../../../oct/errors.ts'
import { pictureFinder } from '../../../oct/formats/heyex-xml/files.ts'
import { pseudonymiseHeyexXml } from '../../../oct/formats/heyex-xml/pseudonymise.ts'
import { scanSets } from '../../../oct/formats/sets.ts'
import type { NamedSource } from '../../../oct/scan.ts'
import { readingAhead } from '../../scans/read-ahead.ts'
import type { FromJudge, Task, ToJudge } from './judge-messages.ts'
import { judgeTask } from './judge-task.ts'
import { readingStraightOn } from './straight-on.ts'

const port = parentPort
if (port) {
  const say = (message: FromJudge, transfer: readonly Transferable[] = []) => port.postMessage(message, transfer)
  const asked = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>()
  let last = 0
  const ask = (question: (id: number) => FromJudge) =>
    new Promise<Uint8Array>((resolve, reject) => {
      last++
      asked.set(last, { resolve, reject })
      say(question(last))
    })
  const codecs = createCodecs(async (name) => new Uint8Array(await ask((id) => ({ kind: 'wasm', id, name }))))

  const sourcesOf = (files: Task['files']): NamedSource[] => {
    const asking = files.map(({ size }, file) =>
      readingStraightOn({ size, read: (offset, length) => ask((id) => ({ kind: 'read', id, file, offset, length })) }),
    )
    return readingAhead(asking).map((source, file) => ({ name: files[file]?.name ?? '', source }))
  }
  const take = async (task: Task): Promise<void> => {
    const judgement = await judgeTask(sourcesOf(task.files), task, codecs, {
      onProgress: (done, total) => say({ kind: 'progress', done, total }),
      ...(task.provisional ? { onProvisional: (result) => say({ kind: 'provisional', result }) } : {}),
    })
    say({ kind: 'judged', judgement }, judgement.thumb ? [judgement.thumb.pixels.buffer as ArrayBuffer] : [])
  }
  const find = async (files: Task['files']): Promise<void> => {
    const placed = sourcesOf(files).map(({ name, source }) => ({ path: name, source }))
    say({ kind: 'found', sets: await scanSets(placed) })
  }
  const rewrite = async (size: number, pictures: readonly { name: string; as: string }[]): Promise<void> => {
    const [file] = sourcesOf([{ name: '', size }])
    if (!file) return
    const find = pictureFinder(pictures.map(({ name }) => ({ name, source: file.source })))
    const bytes = await pseudonymiseHeyexXml(file.source, (url) => pictures[find(url) ?? -1]?.as)
    say({ kind: 'rewritten', bytes }, [bytes.buffer])
  }
  const failed = (error: unknown): void => {
    if (!(error instanceof ScansideError)) throw error
    say({ kind: 'failed', code: error.code, message: error.message })
  }
  port.on('message', (message: ToJudge) => {
    if (message.kind === 'task') return void take(message.task)
    if (message.kind === 'find') return void find(message.files).catch(failed)
    if (message.kind === 'rewrite') return void rewrite(message.size, message.pictures).catch(failed)
    const question = asked.get(message.id)
    asked.delete(message.id)
    if (message.kind === 'bytes') question?.resolve(message.bytes)
    else question?.reject(new ScansideError('invalid-file', message.message))
  })
}
