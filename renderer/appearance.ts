/** Theme and language of this window; kept in sessionStorage alone, so that nothing of a person stays on the disk. */
import { create } from 'zustand'
import { changeLanguage, type Language, languageOf } from './i18n/i18n.ts'

export type Theme = 'dark' | 'light'

interface Appearance {
  theme: Theme
  language: Language
}

/** What was kept, else dark (the room is dark) and the browser's language. */
export function initialAppearance(kept: (key: string) => string | null, tag: string): Appearance {
  return { theme: kept('theme') === 'light' ? 'light' : 'dark', language: languageOf(kept('language') ?? tag) }
}

export const useAppearance = create<Appearance>(() => ({ theme: 'dark', language: 'en' }))

function show(theme: Theme): void {
  document.documentElement.dataset.theme = theme
}

/** Reads what this window kept and shows the theme; answers the language to start with. */
export function startAppearance(): Language {
  const appearance = initialAppearance((key) => sessionStorage.getItem(key), navigator.language)
  useAppearance.setState(appearance)
  show(appearance.theme)
  return appearance.language
}

export function setTheme(theme: Theme): void {
  useAppearance.setState({ theme })
  sessionStorage.setItem('theme', theme)
  show(theme)
}

export function setLanguage(language: Language): void {
  useAppearance.setState({ language })
  sessionStorage.setItem('language', language)
  void changeLanguage(language)
}
