/** Pictures in the desktop application: the clipboard they pass through, and the system's own dialog to choose a file. */
import { BrowserWindow, dialog, type SaveDialogOptions } from 'electron'
import { type PictureOutlets, writeChosen } from '../pictures.ts'
import type { PassingClipboard } from './passing-clipboard.ts'

export function electronPictures(clipboard: PassingClipboard): PictureOutlets {
  return {
    copy: clipboard.copyPicture,
    async save(name, bytes) {
      const options: SaveDialogOptions = {
        defaultPath: name,
        filters: [filterOf(name)],
        // A list of recent documents would tell others what was looked at.
        properties: ['showOverwriteConfirmation', 'createDirectory', 'dontAddToRecent'],
      }
      const [window] = BrowserWindow.getAllWindows()
      const { canceled, filePath } = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options))
      if (canceled || !filePath) return false
      await writeChosen(filePath, bytes)
      return true
    },
  }
}

const filterOf = (name: string): { name: string; extensions: string[] } => {
  const [, end = 'png'] = /\.(png|txt|json)$/.exec(name) ?? []
  return { name: end.toUpperCase(), extensions: [end] }
}
