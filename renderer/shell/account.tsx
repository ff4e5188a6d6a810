import { Hourglass, User } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../oct/errors.ts'
import { DemoButton } from '../features/sign-in/demo-button.tsx'
import { SignInForm } from '../features/sign-in/sign-in-form.tsx'
import { asScansideError, lab } from '../lab.ts'
import { useApp } from '../stores.ts'
import { Button } from '../ui/button.tsx'
import { Notice, Problem } from '../ui/notice.tsx'

/** Who is signed in. Opens a small panel above the status bar: signing out, and signing in again when the token is dead. */
export function Account() {
  const { t } = useTranslation()
  const { session } = useApp()
  const [open, setOpen] = useState(false)
  const anchor = useRef<HTMLButtonElement>(null)
  const expired = session.state === 'expired'
  const shown = open && session.state !== 'signed-out'

  const close = () => {
    setOpen(false)
    anchor.current?.focus()
  }

  if (session.state === 'signed-out')
    return (
      <span className="status-fact">
        <User className="icon" size={14} aria-hidden />
        {t('status.notSignedIn')}
      </span>
    )
  return (
    <span className="account">
      <button
        ref={anchor}
        type="button"
        className="status-fact"
        data-asks={expired || undefined}
        aria-expanded={shown}
        aria-label={expired ? t('status.signInAgain') : t('status.account', { user: session.user ?? '' })}
        onClick={() => setOpen(!open)}
      >
        <User className="icon" size={14} aria-hidden />
        <b>{session.user}</b>
        {expired && <span>{t('status.signInAgain')}</span>}
      </button>
      {shown && (
        <Panel label={expired ? t('status.signInAgain') : t('status.signOut')} onClose={close}>
          {expired ? <SignInAgain onDone={close} /> : <SignOut onCancel={close} />}
        </Panel>
      )}
    </span>
  )
}

function Panel({ label, children, onClose }: { label: string; children: React.ReactNode; onClose: () => void }) {
  const panel = useRef<HTMLDivElement>(null)
  useEffect(() => {
    panel.current?.querySelector<HTMLElement>('input, button')?.focus()
  }, [])
  return (
    // Esc belongs to the panel while the focus is inside it, and to nothing below.
    <div
      ref={panel}
      className="account-panel"
      role="dialog"
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      {children}
    </div>
  )
}

function SignInAgain({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const { session } = useApp()
  return (
    <>
      <h2>{t('signIn.again')}</h2>
      <p className="soft">{t('signIn.againBody')}</p>
      {session.demo ? <DemoButton onDone={onDone} /> : <SignInForm compact onDone={onDone} />}
    </>
  )
}

function SignOut({ onCancel }: { onCancel: () => void }) {
  const { t } = useTranslation()
  const { session, outbox } = useApp()
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const [busy, setBusy] = useState(false)
  const waits = problem?.code === 'conflict'

  const leave = async (force: boolean) => {
    setBusy(true)
    try {
      await lab.session.signOut({ force })
    } catch (error) {
      setProblem(asScansideError(error))
      setBusy(false)
    }
  }
  return (
    <>
      <p>{t('status.signOutAsk', { archive: session.archive ?? '' })}</p>
      {waits ? (
        <Notice icon={Hourglass} urgent>
          <p>{t('status.signOutWaits', { count: outbox.waiting + outbox.blocked })}</p>
        </Notice>
      ) : (
        problem && <Problem error={problem} />
      )}
      <div className="account-actions">
        <Button kind="primary" disabled={busy} onClick={() => void leave(waits)}>
          {waits ? t('status.signOutForce') : t('status.signOut')}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {t('action.cancel')}
        </Button>
      </div>
    </>
  )
}
