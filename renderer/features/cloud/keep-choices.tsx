import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useApp } from '../../stores.ts'
import { CheckField } from '../../ui/field.tsx'
import styles from './cloud.module.css'

interface KeepChoicesProps {
  /** Whether a password is what one signs in with. */
  password: boolean
  exchange: boolean
  remember: boolean
  onExchange: (exchange: boolean) => void
  onRemember: (remember: boolean) => void
}

/** What becomes of the secret: exchanged, where it is a password; and kept, where there is a keyring. */
export function KeepChoices({ password, exchange, remember, onExchange, onRemember }: KeepChoicesProps) {
  const { t } = useTranslation('cloud')
  const { available } = useApp().keyring
  const id = useId()
  return (
    <div className={styles.keep}>
      {password && (
        <>
          <CheckField checked={exchange} describedBy={`${id}-exchange`} onChange={onExchange}>
            {t('signIn.exchange')}
          </CheckField>
          <p id={`${id}-exchange`} className="faint small">
            {t(exchange ? 'signIn.exchangeHint' : 'signIn.exchangeOff')}
          </p>
        </>
      )}
      <CheckField checked={remember && available} disabled={!available} describedBy={`${id}-remember`} onChange={onRemember}>
        {t('signIn.remember')}
      </CheckField>
      <p id={`${id}-remember`} className="faint small">
        {t(available ? 'signIn.rememberHint' : 'signIn.rememberOff')}
      </p>
    </div>
  )
}
