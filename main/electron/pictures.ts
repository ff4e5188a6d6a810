/** Pictures in the desktop application: the system's clipboard, and its own dialog to choose a file. */
import * as electron from 'electron'
import { BrowserWindow, clipboard, dialog, nativeImage, type SaveDialogOptions } from 'electron'
import { ScansideError } from '../../oct/errors.ts'
import { type PictureOutlets, writePicture } from '../pictures.ts'

export function electronPictures(): PictureOutlets {
  return {
    async copy(png) {
      if (nativeImage.createFromBuffer(Buffer.from(png)).isEmpty())
        throw new ScansideError('invalid-file', 'The picture could not be read. Nothing was copied; try once more.')
      await toClipboard(png)
    },
    async save(name, png) {
      const options: SaveDialogOptions = {
        defaultPath: name,
        filters: [{ name: 'PNG', extensions: ['png'] }],
        // A list of recent documents would tell others what was looked at.
        properties: ['showOverwriteConfirmation', 'createDirectory', 'dontAddToRecent'],
      }
      const [window] = BrowserWindow.getAllWindows()
      const { canceled, filePath } = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options))
      if (canceled || !filePath) return false
      await writePicture(filePath, png)
      return true
    },
  }
}

/** `clipboard.writeImage` up to Electron 44; from 45 on the web's own `write` of items, whose class older ones do not have. */
async function toClipboard(png: Uint8Array): Promise<void> {
  const older: object = clipboard
  if ('writeImage' in older && typeof older.writeImage === 'function') {
    older.writeImage(nativeImage.createFromBuffer(Buffer.from(png)))
    return
  }
  const newer = clipboard as unknown as { write(items: unknown[]): Promise<void> }
  const { ClipboardItem } = electron as unknown as { ClipboardItem: new (items: Record<string, Blob>) => unknown }
  await newer.write([new ClipboardItem({ 'image/png': new Blob([Uint8Array.from(png)], { type: 'image/png' }) })])
}
