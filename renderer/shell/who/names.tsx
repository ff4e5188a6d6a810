import { type FormEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { People } from '../../../preload/people.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Keys } from '../../ui/keys.tsx'
import { Problem } from '../../ui/notice.tsx'
import { personForKey } from './person-key.ts'

type Person = People['people'][number]

/** The names of this desk, each with its digit; a PIN where one is asked for; a new name where the list is the desk's own. */
export function Names({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('who')
  const { people, person, fixed } = useApp().people
  const [asked, setAsked] = useState<Person | null>(null)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const [busy, setBusy] = useState(false)
  const place = useRef<HTMLElement>(null)
  useLayoutEffect(() => place.current?.querySelector<HTMLElement>('button, input')?.focus(), [])

  const told = async (work: Promise<unknown>): Promise<boolean> => {
    setBusy(true)
    setProblem(null)
    try {
      await work
      return true
    } catch (cause) {
      setProblem(asScansideError(cause))
      return false
    } finally {
      setBusy(false)
    }
  }
  const pick = async (one: Person, pin: string | null) => {
    if (busy) return
    if (one.pin && pin === null) {
      setProblem(null)
      setAsked(one)
    } else if (await told(lab.people.pick({ id: one.id, pin }))) onDone()
  }
  const add = async (name: string) => {
    if (await told(lab.people.add({ name }))) onDone()
  }
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target instanceof HTMLInputElement) return
    const one = personForKey(event.key, people)
    if (!one) return
    event.preventDefault()
    void pick(one, null)
  }
  return (
    <section ref={place} className="names" onKeyDown={key} aria-label={t('pick')}>
      {people.length > 0 && (
        <ul>
          {people.map((one, i) => (
            <li key={one.id}>
              <button
                type="button"
                className="names-one"
                aria-current={one.id === person?.id || undefined}
                aria-expanded={one.pin ? asked?.id === one.id : undefined}
                {...(i < 9 ? { 'aria-keyshortcuts': String(i + 1) } : {})}
                onClick={() => void pick(one, null)}
              >
                {i < 9 ? <Keys keys={[String(i + 1)]} /> : <span className="keys" />}
                <b className="ellipsis">{one.name}</b>
                {one.id === person?.id && <span className="faint small">{t('here')}</span>}
              </button>
              {asked?.id === one.id && <PinForm person={one} busy={busy} onPin={(pin) => void pick(one, pin)} />}
            </li>
          ))}
        </ul>
      )}
      {problem && <Problem error={problem} />}
      {!fixed && <AddForm busy={busy} onAdd={(name) => void add(name)} />}
    </section>
  )
}

function PinForm({ person, busy, onPin }: { person: Person; busy: boolean; onPin: (pin: string) => void }) {
  const { t } = useTranslation('who')
  const [pin, setPin] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!busy) input.current?.focus()
  }, [busy])
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (pin === '' || busy) return
    onPin(pin)
    setPin('')
  }
  return (
    <form className="names-form" onSubmit={send}>
      <TextField
        ref={input}
        type="password"
        inputMode="numeric"
        maxLength={20}
        aria-label={t('pin', { name: person.name })}
        placeholder={t('pin', { name: person.name })}
        value={pin}
        onChange={(event) => setPin(event.target.value)}
      />
      <Button type="submit" kind="primary" disabled={pin === '' || busy}>
        {t('enter')}
      </Button>
    </form>
  )
}

function AddForm({ busy, onAdd }: { busy: boolean; onAdd: (name: string) => void }) {
  const { t } = useTranslation('who')
  const [name, setName] = useState('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '' && !busy) onAdd(name.trim())
  }
  return (
    <form className="names-form" onSubmit={send} aria-label={t('add')}>
      <TextField aria-label={t('name')} placeholder={t('name')} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      <Button type="submit" disabled={name.trim() === '' || busy}>
        {t('addNow')}
      </Button>
    </form>
  )
}
