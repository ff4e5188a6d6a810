import { Lock } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Names } from './names.tsx'

/** All there is while the desk is locked: no patient, no picture, nothing of what is going on. What is dropped on it goes nowhere. */
export function LockScreen() {
  const { t } = useTranslation('who')
  useEffect(() => {
    const refuse = (event: DragEvent) => {
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'none'
    }
    window.addEventListener('dragover', refuse)
    window.addEventListener('drop', refuse)
    return () => {
      window.removeEventListener('dragover', refuse)
      window.removeEventListener('drop', refuse)
    }
  }, [])
  return (
    <main className="lock-screen" aria-label={t('locked')}>
      <Lock className="icon" size={32} strokeWidth={1.25} aria-hidden />
      <h1>{t('locked')}</h1>
      <p className="soft">{t('lockedBody')}</p>
      <Names onDone={() => undefined} />
    </main>
  )
}
