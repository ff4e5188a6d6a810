import { useTranslation } from 'react-i18next'

export function Archive() {
  const { t } = useTranslation()
  return <section className="page" aria-label={t('place.archive')} />
}
