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
  return (
    <Empty icon={CircleAlert} title={t('problem.crashed')} actions={again}>
      {error.message}
    </Empty>
  )
}
