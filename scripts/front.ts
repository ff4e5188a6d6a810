/** Which front `npm start` takes, and why. Pure: what is known of the machine comes in. */

export interface Machine {
  platform: NodeJS.Platform
  root: boolean
  /** Whether a display server is there (Linux). */
  graphical: boolean
  /** Path of Electron's binary, or why there is none. */
  electron: { path: string } | { missing: string }
  /** Linux: whether an unprivileged process may make the namespaces that Chromium's sandbox is built of. */
  userNamespaces: boolean
  /** Linux: whether chrome-sandbox beside the binary belongs to root and is setuid. */
  setuidSandbox: boolean
}

export type Front = { kind: 'electron'; path: string; why: string } | { kind: 'browser'; why: string }

/** Electron where its binary is there and its sandbox can start; else a browser on this machine. Never Electron without its sandbox. */
export function chooseFront(machine: Machine): Front {
  if ('missing' in machine.electron) return { kind: 'browser', why: machine.electron.missing }
  if (machine.platform === 'linux') {
    if (machine.root) return { kind: 'browser', why: "Electron's sandbox does not start for root, and Scanside never runs without it" }
    if (!machine.graphical) return { kind: 'browser', why: 'there is no display for a window' }
    if (!machine.userNamespaces && !machine.setuidSandbox) {
      return { kind: 'browser', why: "this system does not let Electron's sandbox start (unprivileged user namespaces are restricted)" }
    }
  }
  return { kind: 'electron', path: machine.electron.path, why: 'its binary is there and its sandbox can start' }
}
