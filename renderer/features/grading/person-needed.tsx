import { User } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { askWho } from '../../shell/who/who-store.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'

/** Where a grading needs its person: says so, and opens the list of names. */
export function PersonNeeded() {
  const { t } = useTranslation('grading')
  return (
    <Notice
      icon={User}
      actions={
        <Button keys={['P']} onClick={askWho}>
          {t('person.pick')}
        </Button>
      }
    >
      <p>
        <b>{t('person.needed')}</b> {t('person.body')}
      </p>
    </Notice>
  )
}
