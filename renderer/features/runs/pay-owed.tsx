import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp, useRunSummaries } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { isActive } from './grouping.ts'

/** Where something of any run is still to be removed: the hand that does it now. Nothing where nothing is owed. */
export function PayOwed() {
  const { t } = useTranslation('runs')
  const { owed } = useApp().counts
  const running = useRunSummaries().some(isActive)
  const [paying, setPaying] = useState(false)
  const [error, setError] = useState<ScansideError | null>(null)
  // What a run that goes on holds is removed by the run itself.
  if (owed === 0 || running) return null
  const pay = () => {
    setPaying(true)
    setError(null)
    lab.runs
      .payOwed()
      .catch((cause: unknown) => setError(asScansideError(cause)))
      .finally(() => setPaying(false))
  }
  return (
    <>
      {error && (
        <span className="small soft ellipsis" role="alert" title={error.message}>
          {error.message}
        </span>
      )}
      <Button icon={Trash2} disabled={paying} onClick={pay}>
        {paying ? t('owed.paying') : t('owed.pay', { count: owed })}
      </Button>
    </>
  )
}
