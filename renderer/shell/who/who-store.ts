/** Whether the list of names is open; any page may ask for it. View state only. */
import { create } from 'zustand'

export const useWho = create<{ open: boolean }>(() => ({ open: false }))

/** Opens the list of names above the status bar. */
export const askWho = (): void => useWho.setState({ open: true })
