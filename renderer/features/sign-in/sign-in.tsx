import { useTranslation } from 'react-i18next'

export function SignIn() {
  const { t } = useTranslation()
  return <section className="page" aria-label={t('signIn.submit')} />
}
