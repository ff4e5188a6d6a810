import type { LucideIcon } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { IconButton } from '../../ui/button.tsx'
import styles from './popover.module.css'

interface PopoverProps {
  /** What the button says to those who hear it, and what the panel is called. */
  label: string
  icon: LucideIcon
  /** Whether what lies in it was changed: the button says so. */
  changed?: boolean
  children: ReactNode
}

/** A button with a small panel below it. Esc, a press elsewhere or Tab past its end closes it; the panel follows its button in the order of Tab. */
export function Popover({ label, icon, changed = false, children }: PopoverProps) {
  const [open, setOpen] = useState(false)
  const host = useRef<HTMLSpanElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    if (!open) return
    const elsewhere = (event: Event) => {
      if (event.target instanceof Node && !host.current?.contains(event.target)) setOpen(false)
    }
    // Before the viewer's own Esc, which closes the viewer.
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.preventDefault()
      setOpen(false)
      button.current?.focus()
    }
    window.addEventListener('pointerdown', elsewhere, true)
    window.addEventListener('focusin', elsewhere)
    window.addEventListener('keydown', leave, true)
    return () => {
      window.removeEventListener('pointerdown', elsewhere, true)
      window.removeEventListener('focusin', elsewhere)
      window.removeEventListener('keydown', leave, true)
    }
  }, [open])

  return (
    <span ref={host} className={styles.host}>
      <IconButton ref={button} label={label} icon={icon} aria-expanded={open} data-changed={changed || undefined} onClick={() => setOpen(!open)} />
      {open && (
        <fieldset className={styles.panel} aria-label={label}>
          {children}
        </fieldset>
      )}
    </span>
  )
}
