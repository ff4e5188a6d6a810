/** The doorway in Electron: two functions, no ipcRenderer. Main checks sender, method and schema; nothing here can be trusted by it. */
import { contextBridge, ipcRenderer } from 'electron'
import type { Bridge } from './contract.ts'

const bridge: Bridge = {
  invoke: (method, input) => ipcRenderer.invoke('scanside', method, input),
  on: (event, listener) => {
    const relay = (_: unknown, name: string, payload: unknown) => {
      if (name === event) listener(payload)
    }
    ipcRenderer.on('scanside-event', relay)
    return () => {
      ipcRenderer.removeListener('scanside-event', relay)
    }
  },
}

contextBridge.exposeInMainWorld('scanside', bridge)
