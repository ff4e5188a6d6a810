import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { asScansideError, lab } from '../../lab.ts'
import { Problem } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/progress.tsx'
import './sign-in.css'

/** One click to a lab of generated scans: starts its archive on this machine and signs in to it. */
export function DemoButton({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const about = useId()
  const open = async () => {
    setBusy(true)
    setProblem(null)
    try {
      await lab.demo.open()
      onDone?.()
    } catch (error) {
      setProblem(asScansideError(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <button type="button" className="first-demo" disabled={busy} aria-label={t('signIn.demo')} aria-describedby={about} onClick={() => void open()}>
        <span className="tag" data-loud>
          {t('status.demo')}
        </span>
        <span className="grow">
          <b>{t('signIn.demo')}</b>
          <span id={about}>{busy ? t('signIn.demoWorking') : t('signIn.demoBody')}</span>
        </span>
        {busy ? <Spinner size={16} /> : <ChevronRight className="icon" size={16} aria-hidden />}
      </button>
      {problem && <Problem error={problem} />}
    </>
  )
}
