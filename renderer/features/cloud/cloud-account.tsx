import { LogOut, RefreshCw, TriangleAlert } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Facts } from '../settings/card.tsx'
import styles from './cloud.module.css'
import { Said } from './said.tsx'
import { isSignedIn } from './standing.ts'

/** Who is signed in to which cloud and by what, what the person should know of it, and the way out. */
export function CloudAccount() {
  const { t } = useTranslation('cloud')
  const { cloud } = useApp()
  const [refreshing, setRefreshing] = useState(false)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const signedIn = isSignedIn(cloud)
  const refresh = () => {
    setRefreshing(true)
    setProblem(null)
    lab.cloud
      .refresh()
      .catch((error: unknown) => setProblem(asScansideError(error)))
      .finally(() => setRefreshing(false))
  }
  return (
    <>
      <Facts rows={useAccountFacts()} />
      {signedIn && <Warnings />}
      <div className="settings-line">
        {signedIn && (
          <Button icon={RefreshCw} disabled={refreshing} onClick={refresh}>
            {t(refreshing ? 'refreshing' : 'refresh')}
          </Button>
        )}
        {cloud.state !== 'signed-out' && <SignOut disabled={cloud.state === 'signing-in'} />}
      </div>
      {problem && <Problem error={problem} />}
    </>
  )
}

function useAccountFacts(): [string, ReactNode][] {
  const { t, i18n } = useTranslation('cloud')
  const { cloud } = useApp()
  const rows: [string, ReactNode][] = []
  if (cloud.name !== null) rows.push([t('fact.name'), cloud.name])
  if (cloud.host !== null) rows.push([t('fact.host'), cloud.host])
  if (cloud.project !== null) rows.push([t('fact.project'), cloud.project])
  if (cloud.user !== null) rows.push([t('fact.user'), cloud.user])
  if (cloud.means !== null) rows.push([t('fact.means'), t(`means.${cloud.means}`)])
  if (!isSignedIn(cloud)) return rows
  if (cloud.expiresAt !== null)
    rows.push([t('fact.expires'), new Intl.DateTimeFormat(i18n.language, { dateStyle: 'long' }).format(new Date(cloud.expiresAt))])
  rows.push([t('fact.kept'), t(cloud.kept ? 'kept.yes' : 'kept.no')])
  const { machines, containers, objects } = cloud.has
  const has = [machines && t('has.machines'), containers && t('has.containers'), objects && t('has.objects')].filter((what) => what !== false)
  rows.push([t('fact.has'), has.length > 0 ? [...has, ...(objects ? [] : [t('has.noObjects')])].join(', ') : t('has.nothing')])
  return rows
}

/** What the cloud and the account give rise to, the most urgent first. */
function Warnings() {
  const { t } = useTranslation('cloud')
  const { cloud } = useApp()
  return (
    <ul className={styles.warnings} aria-label={t('know')}>
      {cloud.warnings.map((warning) => (
        <li key={warning}>
          <TriangleAlert className="icon" size={14} aria-hidden />
          <Said sentence={warning} />
        </li>
      ))}
    </ul>
  )
}

/** Signs out at once where nothing is at work; else says what is and asks, in place. */
function SignOut({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation('cloud')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const leave = async (force: boolean) => {
    setBusy(true)
    setProblem(null)
    try {
      await lab.cloud.signOut({ force })
    } catch (error) {
      setProblem(asScansideError(error))
    } finally {
      setBusy(false)
    }
  }
  if (problem?.code === 'conflict')
    return (
      <div className={styles.ask} role="alert">
        <p>{problem.message}</p>
        <div className="settings-line">
          <Button kind="primary" disabled={busy} onClick={() => void leave(true)}>
            {t('signOut.force')}
          </Button>
          <Button kind="quiet" onClick={() => setProblem(null)}>
            {t('signOut.stay')}
          </Button>
        </div>
      </div>
    )
  return (
    <>
      <Button kind="quiet" icon={LogOut} disabled={busy || disabled} onClick={() => void leave(false)}>
        {t(busy ? 'signOut.working' : 'signOut.button')}
      </Button>
      {problem && <Problem error={problem} />}
    </>
  )
}
