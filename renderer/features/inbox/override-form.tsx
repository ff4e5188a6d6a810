import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { type Status, statuses } from '../../../oct/results.ts'
import type { InboxScan } from '../../../preload/inbox.ts'
import { asScansideError, lab } from '../../lab.ts'
import { Button } from '../../ui/button.tsx'
import { Segmented, Select } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { nameOf } from './criterion-name.ts'
import styles from './side.module.css'

/** The shortest reason that is one. */
const leastReason = 3

/** A person's own word on one criterion, with its reason. What looks like a name is asked about before it is recorded. */
export function OverrideForm({ scan, onDone }: { scan: InboxScan; onDone: () => void }) {
  const { t } = useTranslation('inbox')
  const id = useId()
  const form = useRef<HTMLFormElement>(null)
  const first = scan.criteria.find(({ id: one }) => scan.decidedBy.includes(one)) ?? scan.criteria[0]
  const [criterion, setCriterion] = useState(first?.id ?? '')
  const [status, setStatus] = useState<Status>('pass')
  const [reason, setReason] = useState('')
  const [warning, setWarning] = useState<string | null>(null)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const [busy, setBusy] = useState(false)
  const machine = scan.criteria.find((one) => one.id === criterion)
  const enough = reason.trim().length >= leastReason
  useEffect(() => form.current?.querySelector('select')?.focus(), [])

  const record = async (event: FormEvent) => {
    event.preventDefault()
    if (!enough || busy) return
    setBusy(true)
    setProblem(null)
    try {
      const answer = await lab.inbox.override({ scan: scan.id, criterion, status, reason: reason.trim(), sure: warning !== null })
      setWarning(answer.warning)
      if (answer.warning === null) onDone()
    } catch (cause) {
      setProblem(asScansideError(cause))
    }
    setBusy(false)
  }
  const name = (one: string) => {
    const known = nameOf(one)
    return known ? `${t(`criterion.${known}`)} (${one})` : one
  }
  return (
    <form
      ref={form}
      className={styles.form}
      aria-label={t('override.title')}
      onSubmit={(event) => void record(event)}
      onKeyDown={(event) => {
        // Keys of this form are its own; Esc closes it and nothing below.
        if (event.ctrlKey || event.metaKey || event.altKey) return
        event.stopPropagation()
        if (event.key === 'Escape') onDone()
      }}
    >
      <h2>{t('override.title')}</h2>
      <p className="small soft">{t('override.body')}</p>
      <label className="label" htmlFor={`${id}c`}>
        {t('override.criterion')}
      </label>
      <Select id={`${id}c`} value={criterion} onChange={setCriterion}>
        {scan.criteria.map((one) => (
          <option key={one.id} value={one.id}>
            {name(one.id)}
          </option>
        ))}
      </Select>
      {machine && <p className="small soft">{t('override.machine', { status: t(`status.${machine.status}`) })}</p>}
      <span className={`label ${styles.gap}`}>{t('override.status')}</span>
      <Segmented
        label={t('override.status')}
        value={status}
        choices={statuses.filter((one) => one !== 'unknown').map((value) => ({ value, label: t(`status.${value}`) }))}
        onChange={setStatus}
      />
      <label className="label" htmlFor={`${id}r`}>
        {t('override.reason')}
      </label>
      <textarea
        form="unkept"
        id={`${id}r`}
        rows={4}
        maxLength={500}
        value={reason}
        placeholder={t('override.reasonHint')}
        aria-describedby={warning ? `${id}w` : undefined}
        onChange={(event) => {
          setReason(event.target.value)
          setWarning(null)
        }}
      />
      {warning && (
        <p id={`${id}w`} className={styles.warning} role="alert">
          {warning}
        </p>
      )}
      {problem && <Problem error={problem} />}
      <div className={styles.formActions}>
        <Button kind="primary" type="submit" disabled={!enough || busy}>
          {t(warning ? 'override.sure' : 'override.save')}
        </Button>
        <Button kind="quiet" keys={['Esc']} onClick={onDone}>
          {t('override.cancel')}
        </Button>
      </div>
    </form>
  )
}
