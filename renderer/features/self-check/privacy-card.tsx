import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { Output } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { CheckField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Card } from '../settings/card.tsx'

type Privacy = Output<'privacy.get'>

/** What others may see of this window. */
export function PrivacyCard() {
  const { t } = useTranslation('check')
  const { front } = useApp()
  const [privacy, setPrivacy] = useState<Privacy | null>(null)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  useEffect(() => {
    let gone = false
    lab.privacy.get().then(
      (answer) => gone || setPrivacy(answer),
      (error: unknown) => gone || setProblem(asScansideError(error)),
    )
    return () => {
      gone = true
    }
  }, [])
  const set = async (contentProtection: boolean) => {
    setProblem(null)
    try {
      await lab.privacy.set({ contentProtection })
      setPrivacy(await lab.privacy.get())
    } catch (error) {
      setProblem(asScansideError(error))
    }
  }
  const said = ({ available, fixed, contentProtection }: Privacy) => {
    if (!available) return t(front === 'browser' ? 'privacy.browser' : 'privacy.unavailable')
    return `${t(contentProtection ? 'privacy.on' : 'privacy.off')}${fixed ? ` ${t('privacy.fixed')}` : ''}`
  }
  return (
    <Card title={t('privacy.title')} about={t('privacy.about')}>
      {privacy && (
        <div>
          <CheckField
            checked={privacy.contentProtection && privacy.available}
            disabled={!privacy.available || privacy.fixed}
            describedBy="privacy-said"
            onChange={(on) => void set(on)}
          >
            {t('privacy.protect')}
          </CheckField>
          <p id="privacy-said" className="soft small">
            {said(privacy)}
          </p>
        </div>
      )}
      {problem && <Problem error={problem} />}
    </Card>
  )
}
