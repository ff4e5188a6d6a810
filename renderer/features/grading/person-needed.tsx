import { User } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import styles from './grading.module.css'

/** Where a grading needs its person: says so, and lets them pick their name at once where no PIN is asked for. */
export function PersonNeeded() {
  const { t } = useTranslation('grading')
  const { people, fixed } = useApp().people
  const [name, setName] = useState('')
  const [error, setError] = useState<ScansideError | null>(null)
  const told = (work: Promise<unknown>) => {
    setError(null)
    work.catch((cause: unknown) => setError(asScansideError(cause)))
  }
  const add = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '') told(lab.people.add({ name: name.trim() }))
  }
  return (
    <Notice icon={User}>
      <p>
        <b>{t('person.needed')}</b> {t('person.body')}
      </p>
      {people.length > 0 && (
        <div className={styles.people}>
          {people.slice(0, 12).map(({ id, name: each, pin }) =>
            pin ? (
              <span key={id} className="small soft">
                {t('person.pin', { name: each })}
              </span>
            ) : (
              <Button key={id} onClick={() => told(lab.people.pick({ id, pin: null }))}>
                {each}
              </Button>
            ),
          )}
        </div>
      )}
      {!fixed && people.length === 0 && (
        <form className={styles.people} onSubmit={add}>
          <TextField
            aria-label={t('person.name')}
            placeholder={t('person.name')}
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" disabled={name.trim() === ''}>
            {t('person.add')}
          </Button>
        </form>
      )}
      {error && <p role="alert">{error.message}</p>}
    </Notice>
  )
}
