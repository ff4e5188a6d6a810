import { Box, Cloud, CloudOff, Database, FlaskConical, KeyRound, ShieldCheck, Trash2, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Operation } from '../../preload/contract.ts'
import { isSignedIn, machinesAtWork, mostMachines, standingOf } from '../features/cloud/standing.ts'
import { isActive } from '../features/runs/grouping.ts'
import { endOfPath } from '../features/runs/short-name.ts'
import { lab } from '../lab.ts'
import { go, goToCloud, openRun, showRuns, showWaiting } from '../navigation.ts'
import { useApp, useMirror, useRunSummaries } from '../stores.ts'
import { Progress, Spinner } from '../ui/progress.tsx'
import { Account } from './account.tsx'
import { useDropping } from './drop.ts'
import { Who } from './who/who.tsx'

/** The newest operation that is still going on. */
export function runningOperation(operations: Record<string, Operation>): Operation | null {
  return Object.values(operations).findLast((operation) => operation.state === 'running') ?? null
}

function Fact({ icon, children, title, onPress }: { icon: ReactNode; children: ReactNode; title?: string; onPress?: () => void }) {
  if (!onPress)
    return (
      <span className="status-fact" title={title}>
        {icon}
        {children}
      </span>
    )
  return (
    <button type="button" className="status-fact" title={title} onClick={onPress}>
      {icon}
      {children}
    </button>
  )
}

/** Who, archive, engine, cloud, what is going on, what waits safely, what is owed: always the same facts in the same order. */
export function StatusBar() {
  const { t } = useTranslation()
  const { session, engine, counts } = useApp()
  const archive = { 'signed-out': 'none', 'signed-in': 'online', expired: 'expired', offline: 'offline' } as const
  const kind = engine.kind === 'podman' ? 'Podman' : engine.kind === 'docker' ? 'Docker' : t('status.engine.any')
  return (
    <section className="status" aria-label={t('status.label')}>
      <Who />
      <Account />
      {session.demo && (
        <Fact icon={<FlaskConical className="icon" size={14} aria-hidden />} title={t('status.demoTitle')}>
          <span className="tag" data-loud>
            {t('status.demo')}
          </span>
        </Fact>
      )}
      <Fact icon={<Database className="icon" size={14} aria-hidden />} {...(session.archive ? { title: session.archive } : {})}>
        {t(`status.archive.${archive[session.state]}`)}
      </Fact>
      <Fact icon={<Box className="icon" size={14} aria-hidden />} title={engine.message} onPress={() => go('settings')}>
        {t(`status.engine.${engine.state}`, { name: kind })}
        {engine.remote && <span className="tag">{t('status.engine.remote')}</span>}
      </Fact>
      <CloudFact />
      <Activity />
      <WaitingFact />
      <Fact icon={<Trash2 className="icon" size={14} aria-hidden />} title={t('status.owedTitle')} onPress={showRuns}>
        {t('status.owed', { count: counts.owed })}
      </Fact>
    </section>
  )
}

/** What waits to go home; what of it needs a person has a shape and a word of its own. */
function WaitingFact() {
  const { t } = useTranslation('outbox')
  const { waiting, blocked } = useApp().outbox
  return (
    <Fact icon={<ShieldCheck className="icon" size={14} aria-hidden />} title={t('status.title')} onPress={showWaiting}>
      {(waiting > 0 || blocked === 0) && (
        <span className={waiting > 0 && blocked === 0 ? undefined : 'status-spare'}>
          {waiting > 0 ? t('status.waiting', { count: waiting }) : t('status.none')}
        </span>
      )}
      {blocked > 0 && (
        <b className="status-blocked">
          <TriangleAlert className="icon" size={14} aria-hidden />
          {t('status.blocked', { count: blocked })}
        </b>
      )}
    </Fact>
  )
}

/** The cloud: its name, how it stands with it, and how many machines of this desk are at work there. */
function CloudFact() {
  const { t } = useTranslation('cloud')
  const { cloud } = useApp()
  const now = machinesAtWork(useRunSummaries())
  const most = mostMachines(cloud)
  const standing = standingOf(cloud)
  const name = cloud.name ?? t('status.any')
  const words = standing === 'ready' && now > 0 ? t('status.working', { name, now, most }) : t(`status.${standing}`, { name })
  const title = isSignedIn(cloud) ? t('status.title', { said: t(`state.${standing}.lead`), now, most }) : t(`state.${standing}.lead`)
  const Icon = standing === 'ready' ? Cloud : CloudOff
  return (
    <Fact icon={standing === 'signing-in' ? <Spinner /> : <Icon className="icon" size={14} aria-hidden />} title={title} onPress={goToCloud}>
      <span className="status-spare">{words}</span>
    </Fact>
  )
}

/** What is going on, wherever the person is: a long operation with its progress and a way to stop it, else main's own line. */
function Activity() {
  const { t } = useTranslation()
  const { activity, keyring } = useApp()
  const operation = runningOperation(useMirror((state) => state.operations))
  const runs = useRunSummaries()
  const { busy: taking, progress: taken, stop } = useDropping()
  const { t: offline } = useTranslation('offline')
  if (operation) {
    const what = operation.kind === 'keep-offline' ? offline('going') : operation.message
    return (
      <span className="status-fact grow" aria-live="polite">
        <Spinner />
        <span className="ellipsis">{what}</span>
        <span className="status-progress">
          <Progress value={operation.progress} label={t('status.progress')} />
        </span>
        <button
          type="button"
          className="link"
          aria-label={t('status.cancel', { what })}
          onClick={() => void lab.operations.cancel({ operation: operation.id }).catch(() => undefined)}
        >
          {t('action.cancel')}
        </button>
      </span>
    )
  }
  if (taking) {
    return (
      <span className="status-fact grow" aria-live="polite">
        <Spinner />
        <span className="ellipsis">{t('status.dropSending')}</span>
        <span className="status-progress">
          <Progress value={taken} label={t('status.progress')} />
        </span>
        <button type="button" className="link" aria-label={t('status.cancel', { what: t('status.dropSending') })} onClick={stop}>
          {t('action.cancel')}
        </button>
      </span>
    )
  }
  const active = runs.filter(isActive)
  const run = active[0]
  if (run && activity === '') {
    return (
      <span className="status-fact grow">
        <Spinner />
        <button type="button" className="link ellipsis" onClick={() => openRun(run.id)}>
          {t('status.running', { count: active.length, what: endOfPath(run.subject) })}
        </button>
        <span className="status-progress">
          <Progress value={active.length === 1 ? run.progress : null} label={t('status.progress')} />
        </span>
      </span>
    )
  }
  const idle = keyring.available ? t('status.quiet') : t('status.noKeyring')
  return (
    <span className="status-fact grow" aria-live="polite">
      {activity === '' && !keyring.available && <KeyRound className="icon" size={14} aria-hidden />}
      <span className={activity ? 'ellipsis' : 'ellipsis faint'}>{activity || idle}</span>
    </span>
  )
}
