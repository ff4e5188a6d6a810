import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pipeline } from '../../../preload/contract.ts'
import { CheckField, SecretField, Segmented, Select, TextField } from '../../ui/field.tsx'
import { chosenOf, toggleChoice } from './form.ts'

interface InputFieldProps {
  input: Pipeline['inputs'][number]
  value: string
  wrong: boolean
  onChange: (value: string) => void
}

/** Up to this many short choices stay in sight; more become a list. */
const fewChoices = 3
const shortLabel = 12

/** One input of a pipeline, by its type. */
export function InputField({ input, value, wrong, onChange }: InputFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const labelled = { id, 'aria-describedby': input.description ? `${id}-about` : undefined, 'aria-required': input.required }
  const short = input.required && input.choices.length <= fewChoices && input.choices.every((choice) => choice.label.length <= shortLabel)
  return (
    <>
      <label htmlFor={id}>
        {input.label}
        {input.required && <span aria-hidden="true"> *</span>}
      </label>
      <div className="input-cell">
        {input.type === 'boolean' && (
          <CheckField checked={value === 'true'} onChange={(checked) => onChange(String(checked))}>
            <span className="sr-only">{input.label}: </span>
            {t(value === 'true' ? 'run.yes' : 'run.no')}
          </CheckField>
        )}
        {input.type === 'select-one' &&
          (short ? (
            <Segmented label={input.label} value={value} choices={input.choices} onChange={onChange} />
          ) : (
            <Select {...labelled} value={value} onChange={onChange}>
              {(value === '' || !input.required) && <option value="" />}
              {input.choices.map((choice) => (
                <option key={choice.value} value={choice.value}>
                  {choice.label}
                </option>
              ))}
            </Select>
          ))}
        {input.type === 'select-many' && (
          <fieldset className="input-many" aria-label={input.label}>
            {input.choices.map((choice) => (
              <CheckField
                key={choice.value}
                checked={chosenOf(value).includes(choice.value)}
                onChange={() => onChange(toggleChoice(input, value, choice.value))}
              >
                {choice.label}
              </CheckField>
            ))}
          </fieldset>
        )}
        {(input.type === 'string' || input.type === 'number') &&
          (input.sensitive ? (
            <SecretField
              {...labelled}
              value={value}
              wrong={wrong}
              show={t('signIn.show')}
              hide={t('signIn.hide')}
              onChange={(event) => onChange(event.target.value)}
            />
          ) : (
            <TextField
              {...labelled}
              inputMode={input.type === 'number' ? 'decimal' : 'text'}
              value={value}
              wrong={wrong}
              onChange={(event) => onChange(event.target.value)}
            />
          ))}
        {input.description && (
          <p id={`${id}-about`} className="faint small">
            {input.description}
          </p>
        )}
      </div>
    </>
  )
}
