import { Check, ChevronDown, Eye, EyeOff, type LucideIcon } from 'lucide-react'
import { type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, useState } from 'react'

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'size'> {
  size?: 'normal' | 'large'
  icon?: LucideIcon
  wrong?: boolean
  /** What stands at the field's end: key caps, a button. */
  after?: ReactNode
  ref?: Ref<HTMLInputElement>
}

/** A line of text. Its name comes from a `<label htmlFor>` or `aria-label`. */
export function TextField({ size = 'normal', icon: Icon, wrong = false, after, ...rest }: TextFieldProps) {
  return (
    <div className="field" data-size={size} data-wrong={wrong || undefined}>
      {Icon && <Icon className="icon" size={14} aria-hidden />}
      <input type="text" spellCheck={false} autoComplete="off" aria-invalid={wrong || undefined} {...rest} />
      {after}
    </div>
  )
}

interface SecretFieldProps extends Omit<TextFieldProps, 'type' | 'after'> {
  /** What the eye says while the secret is hidden, and while it is shown. */
  show: string
  hide: string
}

/** A secret with an eye to see it. The browser is asked not to keep it. */
export function SecretField({ show, hide, ...rest }: SecretFieldProps) {
  const [seen, setSeen] = useState(false)
  const Icon = seen ? EyeOff : Eye
  return (
    <TextField
      {...rest}
      type={seen ? 'text' : 'password'}
      after={
        <button
          type="button"
          className="button"
          data-kind="quiet"
          data-square
          aria-label={seen ? hide : show}
          title={seen ? hide : show}
          onClick={() => setSeen(!seen)}
        >
          <Icon className="icon" size={16} aria-hidden />
        </button>
      }
    />
  )
}

interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'size' | 'onChange'> {
  size?: 'normal' | 'large'
  onChange: (value: string) => void
}

/** A choice of one, the system's own list. */
export function Select({ size = 'normal', onChange, children, className, ...rest }: SelectProps) {
  return (
    <span className={className ? `select ${className}` : 'select'} data-size={size}>
      {/* A browser keeps what is chosen in a field for the next start, but not in fields of a form that asks it not to (index.html). */}
      <select form="unkept" {...rest} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
      <ChevronDown className="icon" size={14} aria-hidden />
    </span>
  )
}

interface CheckProps {
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
  children: ReactNode
  describedBy?: string
}

/** A yes or no with its words beside it. */
export function CheckField({ checked, onChange, disabled = false, children, describedBy }: CheckProps) {
  return (
    <label className="check" data-disabled={disabled || undefined}>
      <span className="check-box">
        <input
          autoComplete="off"
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-describedby={describedBy}
          onChange={(event) => onChange(event.target.checked)}
        />
        <Check size={10} strokeWidth={3} aria-hidden />
      </span>
      <span>{children}</span>
    </label>
  )
}

interface SegmentedProps<V extends string> {
  label: string
  value: V
  choices: readonly { value: V; label: string }[]
  onChange: (value: V) => void
}

/** A choice of a few that all stay in sight. */
export function Segmented<V extends string>({ label, value, choices, onChange }: SegmentedProps<V>) {
  return (
    <fieldset className="segmented" aria-label={label}>
      {choices.map((choice) => (
        <button key={choice.value} type="button" aria-pressed={choice.value === value} onClick={() => onChange(choice.value)}>
          {choice.label}
        </button>
      ))}
    </fieldset>
  )
}
