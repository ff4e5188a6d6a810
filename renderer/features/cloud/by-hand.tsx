import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ScansideError } from '../../../oct/errors.ts'
import { lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { SecretField, Segmented, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Certificate } from './certificate.tsx'
import styles from './cloud.module.css'
import { attempt } from './cloud-store.ts'
import { type AuthKind, authFields, type CloudEntry, emptyEntry, sentEntry, type TextName, type Wrong, wrongField } from './form.ts'
import { KeepChoices } from './keep-choices.tsx'
import { Submit } from './submit.tsx'

const kinds: readonly AuthKind[] = ['application-credential', 'application-credential-name', 'password']
const interfaces: readonly CloudEntry['interface'][] = ['public', 'internal', 'admin']

/** Signing in to a cloud by a form. Secrets leave the page with the answer, whatever it was. */
export function ByHand() {
  const { t } = useTranslation('cloud')
  const { cloud, keyring } = useApp()
  const [entry, setEntry] = useState<CloudEntry>(emptyEntry)
  const [wrong, setWrong] = useState<Wrong | null>(null)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const id = useId()
  const set = (change: Partial<CloudEntry>) => setEntry((before) => ({ ...before, ...change }))
  const nameOf = (field: TextName | 'ca') => t(field === 'secret' && entry.kind === 'password' ? 'form.password' : `form.${field}`)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const bad = wrongField(entry, cloud.fixed)
    setWrong(bad)
    if (bad) {
      setProblem(new ScansideError('invalid-argument', t(`form.wrong.${bad.why}`, { field: nameOf(bad.field) })))
      if (bad.why === 'key') set({ ca: '' })
      form.current?.querySelector<HTMLElement>(`[name="${bad.field}"]`)?.focus()
      return
    }
    setProblem(null)
    const sent = sentEntry(entry, keyring.available, cloud.fixed ? cloud.host : null)
    setProblem(await attempt(() => lab.cloud.signIn(sent)))
    set({ secret: '' })
  }

  const line = (field: TextName, more: { placeholder?: string; inputMode?: 'url' } = {}) => (
    <div key={field} className={styles.line}>
      <label htmlFor={`${id}-${field}`}>{nameOf(field)}</label>
      {field === 'secret' ? (
        <SecretField
          id={`${id}-${field}`}
          name={field}
          value={entry.secret}
          wrong={wrong?.field === field}
          show={t('form.show')}
          hide={t('form.hide')}
          onChange={(event) => set({ secret: event.target.value })}
        />
      ) : (
        <TextField
          id={`${id}-${field}`}
          name={field}
          autoCapitalize="off"
          value={entry[field]}
          wrong={wrong?.field === field}
          {...more}
          onChange={(event) => set({ [field]: event.target.value })}
        />
      )}
    </div>
  )

  return (
    <form ref={form} className={styles.hand} aria-label={t('signIn.title')} onSubmit={(event) => void submit(event)} noValidate>
      {!cloud.fixed && (
        <>
          {line('authUrl', { placeholder: t('form.authUrlHint'), inputMode: 'url' })}
          <div className={styles.line}>
            <label htmlFor={`${id}-region`}>{t('form.region')}</label>
            <TextField
              id={`${id}-region`}
              placeholder={t('form.regionHint')}
              value={entry.region}
              onChange={(event) => set({ region: event.target.value })}
            />
          </div>
          <div className={styles.line}>
            <span>{t('form.interface')}</span>
            <Segmented
              label={t('form.interface')}
              value={entry.interface}
              choices={interfaces.map((value) => ({ value, label: t(`form.interfaces.${value}`) }))}
              onChange={(value) => set({ interface: value })}
            />
          </div>
          <Certificate value={entry.ca} wrong={wrong?.field === 'ca'} onChange={(ca) => set({ ca })} onProblem={setProblem} />
        </>
      )}
      <div className={styles.line}>
        <span>{t('form.kind')}</span>
        <div>
          <Segmented
            label={t('form.kind')}
            value={entry.kind}
            choices={kinds.map((value) => ({ value, label: t(`form.kinds.${value}`) }))}
            onChange={(kind) => {
              set({ kind, secret: '' })
              setWrong(null)
              setProblem(null)
            }}
          />
          <p className="faint small">{t(`form.kindHint.${entry.kind}`)}</p>
        </div>
      </div>
      {authFields[entry.kind].map((field) => line(field))}
      <div className={styles.rest}>
        <KeepChoices
          password={entry.kind === 'password'}
          exchange={entry.exchange}
          remember={entry.remember}
          onExchange={(exchange) => set({ exchange })}
          onRemember={(remember) => set({ remember })}
        />
        <Submit />
        {problem && <Problem error={problem} />}
      </div>
    </form>
  )
}
