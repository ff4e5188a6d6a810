import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { bulkFetch } from '../../bridge.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { downloadInBrowser, fetchText, saveThroughMain } from './save-text.ts'

/** Saving a text main has made, on a person's click; what became of it, for a status beside the button. */
export function useSaving(make: () => Promise<{ url: string; name: string }>) {
  const { t } = useTranslation('check')
  const { front } = useApp()
  const [state, setState] = useState<'idle' | 'busy' | 'saved'>('idle')
  const [error, setError] = useState<ScansideError | null>(null)
  const save = async () => {
    setState('busy')
    setError(null)
    try {
      const { url, name } = await make()
      const text = await fetchText(bulkFetch, url, t('notSaved'))
      const done = front === 'browser' ? downloadInBrowser(text, name) : await saveThroughMain(lab.app, bulkFetch, text, name, t('notSaved'))
      setState(done ? 'saved' : 'idle')
    } catch (cause) {
      setState('idle')
      setError(asScansideError(cause))
    }
  }
  return { busy: state === 'busy', told: state === 'busy' ? t('saving') : state === 'saved' ? t('saved') : '', error, save }
}
