import { Lock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useApp } from '../../stores.ts'
import { Segmented } from '../../ui/field.tsx'
import { ByFile } from './by-file.tsx'
import { ByHand } from './by-hand.tsx'
import styles from './cloud.module.css'
import { useSignInView } from './cloud-store.ts'

/** The two ways into a cloud: an entry of a clouds.yaml, or a form. Where the site file gives the cloud, the form asks for the credential alone. */
export function SignInWays() {
  const { t } = useTranslation('cloud')
  const { cloud } = useApp()
  const way = useSignInView((state) => state.way)
  if (cloud.fixed)
    return (
      <section className={styles.ways} aria-label={t('signIn.title')}>
        <p className={styles.given}>
          <Lock className="icon" size={14} aria-hidden />
          {t('signIn.fixed')}
        </p>
        <ByHand />
      </section>
    )
  return (
    <section className={styles.ways} aria-label={t('signIn.title')}>
      <Segmented
        label={t('signIn.how')}
        value={way}
        choices={[
          { value: 'file', label: t('signIn.byFile') },
          { value: 'hand', label: t('signIn.byHand') },
        ]}
        onChange={(next) => useSignInView.setState({ way: next, problem: null })}
      />
      {way === 'file' ? <ByFile /> : <ByHand />}
    </section>
  )
}
