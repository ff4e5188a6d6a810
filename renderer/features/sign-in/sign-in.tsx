import { FileWarning, KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { lab } from '../../lab.ts'
import { OpenFile } from '../../shell/open-file.tsx'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { DemoButton } from './demo-button.tsx'
import { Picture } from './picture.tsx'
import { SignInForm } from './sign-in-form.tsx'
import './sign-in.css'

/** The first page: what Scanside is, the way into the archive, and the demo lab one click away. */
export function SignIn() {
  const { t } = useTranslation()
  const { site, keyring } = useApp()
  return (
    <section className="first" aria-label={t('signIn.submit')}>
      <Picture label={t('signIn.picture')} />
      <div className="first-entry">
        <div className="first-inner">
          <header>
            <h1>Scanside</h1>
            <p>{t('signIn.tagline')}</p>
          </header>
          {site.problem !== null && (
            <Notice icon={FileWarning}>
              <p>
                <b>{t('signIn.siteTitle')}</b> {t('signIn.siteBody')}
              </p>
              <p className="mono">{site.problem}</p>
            </Notice>
          )}
          <div className="first-card">
            <h2>{t('signIn.title')}</h2>
            <SignInForm />
          </div>
          {site.demo && <Demo />}
          <OpenFile quiet />
          {!keyring.available && <NoKeyring message={keyring.message} />}
          <p className="first-purpose">{t('purpose')}</p>
        </div>
      </div>
    </section>
  )
}

function NoKeyring({ message }: { message: string }) {
  const { t } = useTranslation()
  const [told, setTold] = useState(false)
  return (
    <Notice
      icon={KeyRound}
      actions={
        <>
          <Button aria-expanded={told} onClick={() => setTold(!told)}>
            {t('signIn.keyringWhat')}
          </Button>
          <Button kind="quiet" onClick={() => void lab.app.recheckKeyring().catch(() => undefined)}>
            {t('signIn.keyringCheck')}
          </Button>
        </>
      }
    >
      <p>
        <b>{t('signIn.keyringTitle')}</b> {t('signIn.keyringBody')}
      </p>
      {told && <p className="strong">{message}</p>}
    </Notice>
  )
}

function Demo() {
  const { t } = useTranslation()
  return (
    <>
      <div className="first-or">
        <span>{t('signIn.or')}</span>
      </div>
      <DemoButton />
    </>
  )
}
