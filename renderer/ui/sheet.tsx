import { X } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'

/** What opens beside a page, never over it: named, closed by its button or by Esc. `sheet`: where the focus is put when it opens. */
export function Sheet(props: { sheet: RefObject<HTMLElement | null>; label: string; title: string; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <aside
      ref={props.sheet}
      className="sheet"
      aria-label={props.label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        props.onClose()
      }}
    >
      <header>
        <h2>{props.title}</h2>
        <IconButton label={t('action.close')} icon={X} onClick={props.onClose} />
      </header>
      {props.children}
    </aside>
  )
}
