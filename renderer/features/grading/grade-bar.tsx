import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { ScanRef } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Select, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './grading.module.css'
import { goToGrading } from './grading-store.ts'
import { PersonNeeded } from './person-needed.tsx'

const shares = [0, 0.05, 0.1, 0.2, 0.3]

/** Makes a batch of the chosen scans: its name, and how many of them are shown twice. In place of the selection bar, nothing floats. */
export function GradeBar({ refs, onClose }: { refs: readonly ScanRef[]; onClose: () => void }) {
  const { t } = useTranslation('grading')
  const { t: common } = useTranslation()
  const person = useApp().people.person
  const [name, setName] = useState('')
  const [repeats, setRepeats] = useState(0.1)
  const [error, setError] = useState<ScansideError | null>(null)
  const [busy, setBusy] = useState(false)
  const id = useId()

  const make = async (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '' || busy) return
    setBusy(true)
    setError(null)
    try {
      await lab.grading.create({ name: name.trim(), scans: [...refs], repeats })
      onClose()
      goToGrading()
    } catch (cause) {
      setError(asScansideError(cause))
      setBusy(false)
    }
  }
  return (
    <div className={styles.gradeBar}>
      {!person && <PersonNeeded />}
      {error && <Problem error={error} />}
      <form
        className={styles.gradeForm}
        aria-label={t('bar.label')}
        onSubmit={(event) => void make(event)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          onClose()
        }}
      >
        <b className="strong">{common('archive.scans', { count: refs.length })}</b>
        {/* A person has just asked for this field. */}
        <TextField
          ref={(field) => {
            if (field && document.activeElement === document.body) field.focus()
          }}
          aria-label={t('bar.name')}
          placeholder={t('bar.name')}
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
        />
        <span className={styles.share}>
          <label className="soft" htmlFor={id}>
            {t('bar.repeats')}
          </label>
          <Select id={id} value={String(repeats)} onChange={(value) => setRepeats(Number(value))}>
            {shares.map((share) => (
              <option key={share} value={String(share)}>
                {share === 0 ? t('bar.none') : t('bar.share', { percent: Math.round(share * 100) })}
              </option>
            ))}
          </Select>
        </span>
        <span className="grow" />
        <Button kind="quiet" keys={['Esc']} onClick={onClose}>
          {common('action.cancel')}
        </Button>
        <Button kind="primary" type="submit" disabled={!person || name.trim() === '' || busy}>
          {t('bar.create')}
        </Button>
      </form>
    </div>
  )
}
