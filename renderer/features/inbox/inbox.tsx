import { Inbox as InboxIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { go } from '../../navigation.ts'
import { OpenFile } from '../../shell/open-file.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'

/** The technician's place. Says what it will be, and offers what can be done today. */
export function Inbox() {
  const { t } = useTranslation()
  return (
    <section className="page" aria-label={t('place.inbox')}>
      <header className="page-bar">
        <h1>{t('place.inbox')}</h1>
      </header>
      <div className="page-body">
        <Empty
          icon={InboxIcon}
          title={t('inbox.title')}
          actions={
            <>
              <OpenFile />
              <Button onClick={() => go('archive')}>{t('inbox.archive')}</Button>
            </>
          }
        >
          {t('inbox.body')}
        </Empty>
      </div>
    </section>
  )
}
