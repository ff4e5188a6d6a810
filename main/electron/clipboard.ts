/** The system's clipboard, in the words of Electron up to 44 and in those of 45, whose `read` and `write` are the web's. */
import { createHash } from 'node:crypto'
import * as electron from 'electron'
import { clipboard, nativeImage } from 'electron'
import { ScansideError } from '../../oct/errors.ts'
import type { ClipboardPort } from './passing-clipboard.ts'

interface Older {
  writeImage(image: Electron.NativeImage): void
  readImage(): Electron.NativeImage
  readText(): string
}
interface NewerItem {
  types: string[]
  getType(type: string): Promise<Blob>
}
interface Newer {
  write(items: unknown[]): Promise<void>
  read(): Promise<NewerItem[]>
}

const older = (): Older | null => ('readImage' in clipboard ? (clipboard as unknown as Older) : null)
const newer = () => clipboard as unknown as Newer

export function systemClipboard(): ClipboardPort {
  return {
    writeText: async (text) => {
      await clipboard.writeText(text)
    },
    async writePicture(png) {
      const image = nativeImage.createFromBuffer(Buffer.from(png))
      if (image.isEmpty()) throw new ScansideError('invalid-file', 'The picture could not be read. Nothing was copied; try once more.')
      const old = older()
      if (old) return old.writeImage(image)
      const { ClipboardItem } = electron as unknown as { ClipboardItem: new (items: Record<string, Blob>) => unknown }
      await newer().write([new ClipboardItem({ 'image/png': new Blob([Uint8Array.from(png)], { type: 'image/png' }) })])
    },
    async print() {
      const [text, picture] = await held()
      if (text.length === 0 && picture.length === 0) return null
      return createHash('sha256').update(`${text.length} `).update(text).update(picture).digest('hex')
    },
    clear: async () => clipboard.clear(),
  }
}

/** What lies there as text and as a picture, as the system gives it back: the same content reads the same twice. */
async function held(): Promise<[Buffer, Buffer]> {
  const old = older()
  if (old) return [Buffer.from(old.readText()), old.readImage().toBitmap()]
  const text = Buffer.from(await clipboard.readText())
  for (const item of await newer().read()) {
    if (item.types.includes('image/png')) return [text, Buffer.from(await (await item.getType('image/png')).arrayBuffer())]
  }
  return [text, Buffer.alloc(0)]
}
