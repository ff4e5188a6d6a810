/** Languages of the window. The viewer and the runs page bring their own sentences as namespaces `viewer` and `runs`. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import cloudDe from '../features/cloud/de.ts'
import cloudEn from '../features/cloud/en.ts'
import gradingDe from '../features/grading/de.ts'
import gradingEn from '../features/grading/en.ts'
import inboxDe from '../features/inbox/de.ts'
import inboxEn from '../features/inbox/en.ts'
import offlineDe from '../features/offline/de.ts'
import offlineEn from '../features/offline/en.ts'
import outboxDe from '../features/outbox/de.ts'
import outboxEn from '../features/outbox/en.ts'
import runsDe from '../features/runs/de.ts'
import runsEn from '../features/runs/en.ts'
import checkDe from '../features/self-check/de.ts'
import checkEn from '../features/self-check/en.ts'
import viewerDe from '../features/viewer/de.ts'
import viewerEn from '../features/viewer/en.ts'
import whoDe from '../shell/who/de.ts'
import whoEn from '../shell/who/en.ts'
import de from './de.ts'
import en from './en.ts'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: {
      translation: typeof en
      viewer: typeof viewerEn
      runs: typeof runsEn
      grading: typeof gradingEn
      inbox: typeof inboxEn
      who: typeof whoEn
      cloud: typeof cloudEn
      outbox: typeof outboxEn
      offline: typeof offlineEn
      check: typeof checkEn
    }
  }
}

/** The language of a tag such as `de-AT`; English where it is neither. */
export function languageOf(tag: string): Language {
  return tag.toLowerCase().startsWith('de') ? 'de' : 'en'
}

/** Sets the sentences up, all of them at once: the window loads nothing later. */
export async function startLanguages(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: {
      en: {
        translation: en,
        viewer: viewerEn,
        runs: runsEn,
        grading: gradingEn,
        inbox: inboxEn,
        who: whoEn,
        cloud: cloudEn,
        outbox: outboxEn,
        offline: offlineEn,
        check: checkEn,
      },
      de: {
        translation: de,
        viewer: viewerDe,
        runs: runsDe,
        grading: gradingDe,
        inbox: inboxDe,
        who: whoDe,
        cloud: cloudDe,
        outbox: outboxDe,
        offline: offlineDe,
        check: checkDe,
      },
    },
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  })
  document.documentElement.lang = language
}

/** Changes the language of everything on the screen. */
export async function changeLanguage(language: Language): Promise<void> {
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}
