import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigation } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Card } from '../settings/card.tsx'
import { CloudAccount } from './cloud-account.tsx'
import { forgetSignIn } from './cloud-store.ts'
import { ImagesCard } from './images-card.tsx'
import { LeftCard } from './left-card.tsx'
import { MachinesCard } from './machines-card.tsx'
import { SignInWays } from './sign-in-ways.tsx'
import { isSignedIn } from './standing.ts'
import { StateLine } from './state-line.tsx'

/** The settings' part for the institute's cloud: signing in; then machines, images and what is left there. */
export function CloudSection() {
  const { t } = useTranslation('cloud')
  const { cloud } = useApp()
  const signedIn = isSignedIn(cloud)
  const head = useRef<HTMLHeadingElement>(null)
  const sent = useNavigation(({ section }) => section === 'cloud')
  useEffect(() => {
    if (!sent) return
    head.current?.scrollIntoView({ block: 'start' })
    head.current?.focus()
    useNavigation.setState({ section: null })
  }, [sent])
  useEffect(() => {
    if (!signedIn) return
    forgetSignIn()
    // The way in is gone, and with it the button that had the focus.
    if (document.activeElement === document.body) head.current?.focus()
  }, [signedIn])
  return (
    <>
      <Card title={t('title')} about={t('about')} head={head}>
        <StateLine />
        {cloud.name !== null && <CloudAccount />}
        {!signedIn && <SignInWays />}
      </Card>
      {signedIn && (
        <>
          <MachinesCard />
          <ImagesCard />
        </>
      )}
      <LeftCard />
    </>
  )
}
