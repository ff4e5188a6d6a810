import { useTranslation } from 'react-i18next'

export function Settings() {
  const { t } = useTranslation()
  return <section className="page" aria-label={t('place.settings')} />
}
