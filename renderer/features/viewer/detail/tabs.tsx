import { type KeyboardEvent, useRef } from 'react'
import styles from './detail.module.css'

interface TabsProps<V extends string> {
  label: string
  /** Id of the panel that shows the chosen one. */
  panel: string
  /** Whether the panel is there now. */
  shown: boolean
  value: V
  choices: readonly { value: V; label: string }[]
  onChange: (value: V) => void
}

/** Tabs with one stop for the Tab key; arrows, Home and End go from one to the next. */
export function Tabs<V extends string>({ label, panel, shown, value, choices, onChange }: TabsProps<V>) {
  const list = useRef<HTMLDivElement>(null)
  const press = (event: KeyboardEvent) => {
    const at = choices.findIndex((choice) => choice.value === value)
    const last = choices.length - 1
    const next = { ArrowLeft: at === 0 ? last : at - 1, ArrowRight: at === last ? 0 : at + 1, Home: 0, End: last }[event.key]
    const choice = next === undefined ? undefined : choices[next]
    if (next === undefined || !choice || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    onChange(choice.value)
    const tab = list.current?.children[next]
    if (tab instanceof HTMLElement) tab.focus()
  }
  return (
    <div ref={list} className={styles.tabs} role="tablist" aria-label={label} onKeyDown={press}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          id={`${panel}-${choice.value}`}
          type="button"
          role="tab"
          aria-selected={choice.value === value}
          aria-controls={shown && choice.value === value ? panel : undefined}
          tabIndex={choice.value === value ? 0 : -1}
          onClick={() => onChange(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </div>
  )
}
