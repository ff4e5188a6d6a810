import { useTranslation } from 'react-i18next'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { stopSigningIn, useSignInView } from './cloud-store.ts'

/** Signs in; and while this window does, a way to stop it. */
export function Submit() {
  const { t } = useTranslation('cloud')
  const busy = useApp().cloud.state === 'signing-in'
  const mine = useSignInView((state) => state.signingIn)
  return (
    <div className="settings-line">
      <Button type="submit" kind="primary" disabled={busy || mine}>
        {t(busy || mine ? 'signIn.working' : 'signIn.submit')}
      </Button>
      {(busy || mine) && <Spinner />}
      {busy && mine && (
        <Button kind="quiet" onClick={() => void stopSigningIn()}>
          {t('stopSigningIn')}
        </Button>
      )}
    </div>
  )
}
