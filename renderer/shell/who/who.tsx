import { Lock, UserCheck, UserRound } from 'lucide-react'
import { useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Names } from './names.tsx'
import { asksWho } from './person-key.ts'
import { useWho } from './who-store.ts'

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input:not([type=checkbox]), select, textarea, [contenteditable]')

/** Who decides here: the name in the status bar, the list of names above it. P or F2 opens it, a digit picks. */
export function Who() {
  const { t } = useTranslation('who')
  const { person } = useApp().people
  const { open } = useWho()
  const anchor = useRef<HTMLButtonElement>(null)
  const before = useRef<Element | null>(null)
  const set = (to: boolean) => useWho.setState({ open: to })
  const close = () => {
    set(false)
    // Back to where the hand was: the Inbox goes on by its keys.
    if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus()
    else anchor.current?.focus()
  }
  // Runs before the list takes the focus.
  const wasOpen = useRef(false)
  if (open && !wasOpen.current) before.current = document.activeElement
  wasOpen.current = open

  // Before the screen shows it: a key pressed the moment something is seen is heard.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (!asksWho(event.key, typing(event.target))) return
      event.preventDefault()
      useWho.setState({ open: true })
    }
    window.addEventListener('keydown', press)
    return () => {
      window.removeEventListener('keydown', press)
      useWho.setState({ open: false })
    }
  }, [])

  const Icon = person ? UserCheck : UserRound
  return (
    <span className="account">
      <button
        ref={anchor}
        type="button"
        className="status-fact"
        aria-expanded={open}
        aria-keyshortcuts="P F2"
        aria-label={person ? t('person', { name: person.name }) : t('nobody')}
        onClick={() => set(!open)}
      >
        <Icon className="icon" size={14} aria-hidden />
        {person ? <b>{person.name}</b> : t('nobody')}
      </button>
      {open && (
        // Esc and digits belong to the panel while the focus is inside it, and to nothing below.
        <div
          className="account-panel"
          role="dialog"
          aria-label={t('title')}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return
            event.stopPropagation()
            if (event.key === 'Escape') close()
          }}
        >
          <h2>{t(person ? 'handOver' : 'title')}</h2>
          <p className="soft small">{t('body')}</p>
          <Names onDone={close} />
          <div className="account-actions">
            <Button icon={Lock} keys={['Ctrl', 'L']} onClick={() => void lab.people.lock().catch(() => undefined)}>
              {t('lock')}
            </Button>
            {person && (
              <Button
                kind="quiet"
                onClick={() => {
                  void lab.people.leave().catch(() => undefined)
                  close()
                }}
              >
                {t('leave')}
              </Button>
            )}
          </div>
        </div>
      )}
    </span>
  )
}
