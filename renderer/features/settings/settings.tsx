import { RefreshCw } from 'lucide-react'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { setLanguage, setTheme, useAppearance } from '../../appearance.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useNavigation } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Segmented, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { CloudSection } from '../cloud/cloud-section.tsx'
import { LoadImage } from '../images/load-image.tsx'
import { listPipelines, usePipelines } from '../images/pipelines-store.ts'
import { PrivacyCard } from '../self-check/privacy-card.tsx'
import { SelfCheck } from '../self-check/self-check.tsx'
import { Card, Facts } from './card.tsx'
import './settings.css'

/** What this desk has, and the few things a person may set. */
export function Settings() {
  const { t } = useTranslation()
  const { t: check } = useTranslation('check')
  const sent = useNavigation((state) => state.section)
  const [part, setPart] = useState<'desk' | 'self-check'>(sent === 'self-check' ? 'self-check' : 'desk')
  useEffect(() => {
    if (sent === null) return
    setPart(sent === 'self-check' ? 'self-check' : 'desk')
    // The cloud's own part lets go of it once it was shown.
    if (sent === 'self-check') useNavigation.setState({ section: null })
  }, [sent])
  return (
    <section className="page" aria-label={t('place.settings')}>
      <header className="page-bar">
        <h1>{t('place.settings')}</h1>
        <Segmented
          label={check('tabs')}
          value={part}
          choices={[
            { value: 'desk', label: check('desk') },
            { value: 'self-check', label: check('title') },
          ]}
          onChange={setPart}
        />
      </header>
      <div className="page-body">
        <div className="settings">
          {part === 'self-check' ? (
            <SelfCheck />
          ) : (
            <>
              <EngineCard />
              <ImagesCard />
              <CloudSection />
              <ArchiveCard />
              <KeyringCard />
              <PrivacyCard />
              <LookCard />
              <AboutCard />
            </>
          )}
        </div>
      </div>
    </section>
  )
}

function EngineCard() {
  const { t } = useTranslation()
  const { engine } = useApp()
  const [endpoint, setEndpoint] = useState('')
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const set = (address: string) => {
    setProblem(null)
    lab.engine.setEndpoint({ endpoint: address }).catch((error: unknown) => setProblem(asScansideError(error)))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (endpoint.trim()) set(endpoint.trim())
  }
  const looking = engine.state === 'looking'
  const kind = engine.kind === 'podman' ? 'Podman' : engine.kind === 'docker' ? 'Docker' : ''
  const rows: [string, ReactNode][] = [[t('settings.state'), engine.message]]
  if (kind) rows.push([t('settings.kind'), `${kind} ${engine.version ?? ''}`.trim()])
  if (engine.endpoint !== null)
    rows.push([
      t('settings.endpoint'),
      <span key="endpoint" className="mono">
        {engine.endpoint}
      </span>,
    ])
  if (engine.state === 'ready') rows.push([t('settings.dataRoot'), t(`run.disk.${engine.dataRoot}`)])
  return (
    <Card title={t('settings.engine')} about={t('settings.engineBody')}>
      <Facts rows={rows} />
      {engine.remote && <p className="strong">{t('run.deskRemote')}</p>}
      <form className="settings-line" onSubmit={submit}>
        <label className="settings-name" htmlFor="engine-address">
          {t('settings.endpointSet')}
        </label>
        <TextField
          id="engine-address"
          placeholder={t('settings.endpointHint')}
          value={endpoint}
          onChange={(event) => setEndpoint(event.target.value)}
        />
        <Button type="submit" disabled={endpoint.trim() === '' || looking}>
          {t('settings.endpointUse')}
        </Button>
      </form>
      <div className="settings-line">
        <Button
          icon={RefreshCw}
          disabled={looking}
          onClick={() => void lab.engine.refresh().catch((error: unknown) => setProblem(asScansideError(error)))}
        >
          {t('settings.lookAgain')}
        </Button>
        <Button kind="quiet" disabled={looking} onClick={() => set('')}>
          {t('settings.endpointAuto')}
        </Button>
        {looking && <Spinner />}
      </div>
      {problem && <Problem error={problem} />}
    </Card>
  )
}

function ImagesCard() {
  const { t } = useTranslation()
  const { engine } = useApp()
  const { list, shipped } = usePipelines()
  useEffect(() => {
    if (engine.state !== 'looking') void listPipelines()
  }, [engine.state])
  return (
    <Card title={t('settings.images')} about={t('settings.imagesBody')}>
      {list?.length === 0 && <p className="soft">{t('settings.noImages')}</p>}
      {list && list.length > 0 && (
        <ul className="settings-images">
          {list.map((pipeline) => (
            <li key={pipeline.id}>
              <p>
                <b className="strong">{pipeline.label}</b> <span className="soft">{pipeline.version}</span>
              </p>
              <p className="soft small">{pipeline.description}</p>
              <p className="faint small ellipsis">
                {pipeline.image}, {t('settings.digest', { digest: pipeline.digest })}
              </p>
              {pipeline.refused !== null && (
                <p className="small">
                  {t('settings.refused')}: {pipeline.refused}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
      {shipped?.loaded && list?.length === 0 && <p className="soft">{t('images.shippedLoaded')}</p>}
      <LoadImage />
    </Card>
  )
}

function ArchiveCard() {
  const { t } = useTranslation()
  const { session, site } = useApp()
  const state = session.state === 'signed-out' ? 'settings.sessionNone' : session.kept ? 'settings.sessionKept' : 'settings.sessionMemory'
  const rows: [string, ReactNode][] = [[t('settings.state'), t(state)]]
  if (session.archive !== null) rows.push([t('signIn.archive'), session.archive])
  if (session.user !== null) rows.push([t('signIn.user'), session.user])
  rows.push([t('settings.site'), site.problem ?? t(site.file ? 'settings.siteYes' : 'settings.siteNo')])
  return (
    <Card title={t('settings.session')}>
      <Facts rows={rows} />
    </Card>
  )
}

function KeyringCard() {
  const { t } = useTranslation()
  const { keyring } = useApp()
  return (
    <Card title={t('settings.keyring')}>
      <Facts rows={[[t('settings.state'), t(keyring.available ? 'settings.keyringYes' : 'settings.keyringNo')]]} />
      {keyring.message && <p className="soft">{keyring.message}</p>}
      <div className="settings-line">
        <Button icon={RefreshCw} onClick={() => void lab.app.recheckKeyring().catch(() => undefined)}>
          {t('settings.keyringCheck')}
        </Button>
      </div>
    </Card>
  )
}

function LookCard() {
  const { t } = useTranslation()
  const { theme, language } = useAppearance()
  return (
    <Card title={t('settings.look')} about={t('settings.lookBody')}>
      <div className="settings-line">
        <span className="settings-name">{t('settings.theme')}</span>
        <Segmented
          label={t('settings.theme')}
          value={theme}
          choices={[
            { value: 'dark', label: t('settings.themeDark') },
            { value: 'light', label: t('settings.themeLight') },
          ]}
          onChange={setTheme}
        />
      </div>
      <div className="settings-line">
        <span className="settings-name">{t('settings.language')}</span>
        <Segmented
          label={t('settings.language')}
          value={language}
          choices={[
            { value: 'en', label: 'English' },
            { value: 'de', label: 'Deutsch' },
          ]}
          onChange={setLanguage}
        />
      </div>
    </Card>
  )
}

function AboutCard() {
  const { t } = useTranslation()
  const { version, front } = useApp()
  return (
    <Card title={t('settings.about')}>
      <p>{t('purpose')}</p>
      <Facts
        rows={[
          [t('settings.version'), `Scanside ${version}`],
          [t('settings.front'), t(front === 'electron' ? 'settings.frontElectron' : 'settings.frontBrowser')],
        ]}
      />
    </Card>
  )
}
