import { CircleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../oct/errors.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'

/** What stands where a page has failed: what happened, that nothing is lost, and the way on. */
export function Crash({ error, onAgain }: { error: ScansideError; onAgain?: () => void }) {
  const { t } = useTranslation()
  const again = onAgain && (
    <Button kind="primary" onClick={onAgain}>
      {t('problem.reload')}
    </Button>
  )
  // The one-time token of a browser's address; nothing has gone wrong.
  const tooLate = error.code === 'unauthorized' && !onAgain
  return (
    <Empty icon={CircleAlert} title={t(tooLate ? 'problem.tooLate' : 'problem.crashed')} actions={again}>
      {tooLate ? t('problem.tooLateBody') : error.message}
    </Empty>
  )
}
