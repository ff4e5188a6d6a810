/** Whether screenshots and screen sharing show the window black: the policy. Electron can have it so on Windows and macOS alone. */

export const canProtectContent = (platform: NodeJS.Platform): boolean => platform === 'win32' || platform === 'darwin'

export interface ProtectableWindow {
  setContentProtection(on: boolean): void
}

/**
 * The switch: for the windows that are there and for those opened later; null where the system cannot.
 * @param onOpened calls back for every window from now on
 */
export function contentProtection(
  platform: NodeJS.Platform,
  windows: () => ProtectableWindow[],
  onOpened: (listener: (window: ProtectableWindow) => void) => void,
): ((on: boolean) => void) | null {
  if (!canProtectContent(platform)) return null
  let protect = false
  onOpened((window) => window.setContentProtection(protect))
  return (on) => {
    protect = on
    for (const window of windows()) window.setContentProtection(on)
  }
}
