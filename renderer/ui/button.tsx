import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { Keys } from './keys.tsx'

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  children: ReactNode
  /** One `primary` per area; `quiet` for what is beside the point. */
  kind?: 'plain' | 'primary' | 'quiet'
  size?: 'normal' | 'large'
  icon?: LucideIcon
  /** The keys that do the same, shown on it: `['Ctrl', 'Enter']`. */
  keys?: string[]
  ref?: Ref<HTMLButtonElement>
}

/** A button that does something; it says its key where it has one. Its accessible name is its words alone. */
export function Button({ children, kind = 'plain', size = 'normal', icon: Icon, keys, ...rest }: ButtonProps) {
  return (
    <button type="button" className="button" data-kind={kind} data-size={size} {...rest}>
      {Icon && <Icon className="icon" size={14} aria-hidden />}
      {children}
      {keys && <Keys keys={keys} />}
    </button>
  )
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  /** What it does, for the tooltip and for those who hear it. */
  label: string
  icon: LucideIcon
  kind?: 'plain' | 'quiet'
  ref?: Ref<HTMLButtonElement>
}

/** A square button with an icon alone. */
export function IconButton({ label, icon: Icon, kind = 'quiet', ...rest }: IconButtonProps) {
  return (
    <button type="button" className="button" data-kind={kind} data-square aria-label={label} title={label} {...rest}>
      <Icon className="icon" size={16} aria-hidden />
    </button>
  )
}
