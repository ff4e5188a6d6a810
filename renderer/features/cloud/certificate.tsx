import { FileUp } from 'lucide-react'
import { useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ScansideError } from '../../../oct/errors.ts'
import { Button } from '../../ui/button.tsx'
import styles from './cloud.module.css'
import { wrongCertificate } from './form.ts'

interface CertificateProps {
  value: string
  wrong: boolean
  onChange: (pem: string) => void
  onProblem: (problem: ScansideError | null) => void
}

/** Longer than any chain of certificates: what the doorway lets through. */
const most = 200_000

/** The CA's certificate, pasted or from a file. What is none is not taken. */
export function Certificate({ value, wrong, onChange, onProblem }: CertificateProps) {
  const { t } = useTranslation('cloud')
  const chooser = useRef<HTMLInputElement>(null)
  const id = useId()
  const take = async (file: File) => {
    const text = file.size > most ? 'no certificate' : await file.text().catch(() => 'no certificate')
    const why = wrongCertificate(text)
    onProblem(why ? new ScansideError('invalid-file', t(`form.wrong.${why}`)) : null)
    if (!why) onChange(text)
  }
  return (
    <div className={styles.line}>
      <label htmlFor={id}>{t('form.ca')}</label>
      <div>
        <textarea
          form="unkept"
          id={id}
          name="ca"
          className={styles.pem}
          rows={2}
          spellCheck={false}
          autoComplete="off"
          maxLength={most}
          placeholder="-----BEGIN CERTIFICATE-----"
          aria-describedby={`${id}-about`}
          aria-invalid={wrong || undefined}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
        <div className="settings-line">
          <Button icon={FileUp} onClick={() => chooser.current?.click()}>
            {t('form.caFile')}
          </Button>
          <input
            autoComplete="off"
            ref={chooser}
            type="file"
            accept=".pem,.crt,.cer"
            hidden
            aria-label={t('form.caFile')}
            onChange={(event) => {
              const file = event.target.files?.[0]
              event.target.value = ''
              if (file) void take(file)
            }}
          />
          {value.trim() !== '' && (
            <Button kind="quiet" onClick={() => onChange('')}>
              {t('form.caClear')}
            </Button>
          )}
          <span id={`${id}-about`} className="faint small grow">
            {t('form.caHint')}
          </span>
        </div>
      </div>
    </div>
  )
}
