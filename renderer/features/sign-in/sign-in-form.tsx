import { Lock } from 'lucide-react'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ScansideError } from '../../../oct/errors.ts'
import type { Output } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { CheckField, SecretField, Select, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { type Entry, emptyEntry, missingField } from './entry.ts'
import './sign-in.css'

type Provider = Output<'session.probe'>['providers'][number]

/** What the form begins with: the site's archive, else the one the person was last signed in to. */
function useKnownAddress(): { address: string; fixed: boolean } {
  const { site, session } = useApp()
  return { address: site.archive ?? (session.demo ? '' : (session.archive ?? '')), fixed: site.archive !== null }
}

/** An address as a person says it: its host, where it is an address at all. */
const hostOf = (address: string) => URL.parse(address)?.host || address

/** Asks an address which sign-in providers it has; an address that does not answer is told when the person signs in. */
function useProviders(address: string): Provider[] {
  const [known, setKnown] = useState<Provider[]>([])
  useEffect(() => {
    let current = true
    setKnown([])
    if (address === '') return
    lab.session.probe({ address }).then(
      (answer) => current && setKnown(answer.providers),
      () => undefined,
    )
    return () => {
      current = false
    }
  }, [address])
  return known
}

/** Address, user, password (or an alias token): the way into the archive. `onDone` is called once it has let the person in. */
export function SignInForm({ compact = false, onDone }: { compact?: boolean; onDone?: () => void }) {
  const { t } = useTranslation()
  const { keyring, session } = useApp()
  const known = useKnownAddress()
  const [entry, setEntry] = useState<Entry>(() => ({ ...emptyEntry, address: known.address, user: session.user ?? '' }))
  const [token, setToken] = useState(false)
  const [probed, setProbed] = useState(known.address)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const providers = useProviders(token ? '' : probed)
  const form = useRef<HTMLFormElement>(null)
  const id = useId()
  const size = compact ? 'normal' : 'large'
  const set = (change: Partial<Entry>) => setEntry((before) => ({ ...before, ...change }))

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const missing = missingField(entry, token)
    if (missing) {
      const field = t(`signIn.${missing}`)
      setProblem(new ScansideError('invalid-argument', t('signIn.required', { field })))
      form.current?.querySelector<HTMLInputElement>(`[name="${missing}"]`)?.focus()
      return
    }
    setBusy(true)
    setProblem(null)
    const remember = entry.remember && keyring.available
    const address = entry.address.trim()
    try {
      if (token) await lab.session.signInWithToken({ address, alias: entry.alias.trim(), secret: entry.secret.trim(), remember })
      else {
        const provider = entry.provider || providers[0]?.id || null
        await lab.session.signIn({ address, user: entry.user.trim(), password: entry.password, provider, remember })
      }
      onDone?.()
    } catch (error) {
      setProblem(asScansideError(error))
    } finally {
      // Neither outcome is a reason to keep a secret in the page.
      set({ password: '', secret: '' })
      setBusy(false)
    }
  }

  return (
    <form
      ref={form}
      className="entry"
      data-compact={compact || undefined}
      aria-label={t('signIn.submit')}
      onSubmit={(event) => void submit(event)}
      noValidate
    >
      {known.fixed ? (
        <div className="entry-line">
          <span className="soft">{t('signIn.archive')}</span>
          <span className="entry-given">
            <Lock className="icon" size={14} aria-hidden />
            <span className="ellipsis">{hostOf(known.address)}</span>
            <span className="faint small">{t('signIn.fixed')}</span>
          </span>
        </div>
      ) : (
        <div className="entry-line">
          <label htmlFor={`${id}-address`}>{t('signIn.address')}</label>
          <TextField
            id={`${id}-address`}
            name="address"
            size={size}
            inputMode="url"
            placeholder={t('signIn.addressHint')}
            value={entry.address}
            onChange={(event) => set({ address: event.target.value, provider: '' })}
            onBlur={() => setProbed(entry.address.trim())}
          />
        </div>
      )}
      {!token && providers.length > 1 && (
        <div className="entry-line">
          <label htmlFor={`${id}-provider`}>{t('signIn.provider')}</label>
          <Select id={`${id}-provider`} size={size} value={entry.provider || (providers[0]?.id ?? '')} onChange={(provider) => set({ provider })}>
            {providers.map((provider) => (
              <option key={provider.id} value={provider.id}>
                {provider.name}
              </option>
            ))}
          </Select>
        </div>
      )}
      <div className="entry-line">
        <label htmlFor={`${id}-user`}>{t(token ? 'signIn.alias' : 'signIn.user')}</label>
        <TextField
          id={`${id}-user`}
          key={token ? 'alias' : 'user'}
          name={token ? 'alias' : 'user'}
          size={size}
          autoCapitalize="off"
          value={token ? entry.alias : entry.user}
          onChange={(event) => set(token ? { alias: event.target.value } : { user: event.target.value })}
        />
      </div>
      <div className="entry-line">
        <label htmlFor={`${id}-password`}>{t(token ? 'signIn.secret' : 'signIn.password')}</label>
        <SecretField
          id={`${id}-password`}
          key={token ? 'secret' : 'password'}
          name={token ? 'secret' : 'password'}
          size={size}
          show={t('signIn.show')}
          hide={t('signIn.hide')}
          value={token ? entry.secret : entry.password}
          onChange={(event) => set(token ? { secret: event.target.value } : { password: event.target.value })}
        />
      </div>
      <div className="entry-rest">
        <CheckField
          checked={entry.remember && keyring.available}
          disabled={!keyring.available}
          describedBy={`${id}-remember`}
          onChange={(remember) => set({ remember })}
        >
          {t('signIn.remember')}
        </CheckField>
        <p id={`${id}-remember`} className="faint small">
          {t(keyring.available ? 'signIn.rememberHint' : 'signIn.rememberOff')}
        </p>
        <div className="entry-actions">
          <Button type="submit" kind="primary" size={size} disabled={busy} keys={['Enter']}>
            {busy ? t('signIn.working') : t('signIn.submit')}
          </Button>
          {busy && <Spinner />}
          <Button kind="quiet" onClick={() => setToken(!token)}>
            {t(token ? 'signIn.usePassword' : 'signIn.useToken')}
          </Button>
        </div>
        <p className="faint small">{t(token ? 'signIn.tokenHint' : 'signIn.passwordHint')}</p>
      </div>
      {problem && <Problem error={problem} />}
    </form>
  )
}
