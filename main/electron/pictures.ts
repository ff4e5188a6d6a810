/** Pictures in the desktop application: the clipboard they pass through, and the system's own dialog to choose a file. */
import { BrowserWindow, dialog, type SaveDialogOptions } from 'electron'
import { type PictureOutlets, writePicture } from '../pictures.ts'
import type { PassingClipboard } from './passing-clipboard.ts'

export function electronPictures(clipboard: PassingClipboard): PictureOutlets {
  return {
    copy: clipboard.copyPicture,
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
