import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Select } from '../../../ui/field.tsx'
import { type Between, chosenBetween } from './boundaries.ts'
import styles from './detail.module.css'

interface BetweenFieldProps {
  names: readonly string[]
  value: Between
  onChange: (value: Between) => void
}

/** The two boundaries a thickness is measured between. */
export const BetweenField = memo(function BetweenField({ names, value, onChange }: BetweenFieldProps) {
  const { t } = useTranslation('viewer')
  return (
    <fieldset className={styles.between} aria-label={t('detail.between')}>
      {(['upper', 'lower'] as const).map((end) => (
        <span key={end}>
          {end === 'lower' && <span className="faint small">{t('detail.to')}</span>}
          <Select aria-label={t(`detail.${end}`)} value={value[end]} onChange={(name) => onChange(chosenBetween(names, value, end, name))}>
            {(end === 'upper' ? names.slice(0, -1) : names.slice(1)).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
        </span>
      ))}
    </fieldset>
  )
})
