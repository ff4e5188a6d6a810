import { Search } from 'lucide-react'
import { useEffect, useId, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Select, TextField } from '../../ui/field.tsx'
import { Keys } from '../../ui/keys.tsx'
import { chooseProject, listProjectScans, setFilters, useArchive } from './archive-store.ts'
import { anyFilter, noFilters, typesOf } from './filters.ts'

/** Finds subjects, sessions and scans by their names. Ctrl+F comes here, Esc clears every filter. */
export function SearchField() {
  const { t } = useTranslation()
  const text = useArchive((state) => state.filters.text)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const find = (event: KeyboardEvent) => {
      if (
        event.key !== 'f' ||
        !(event.ctrlKey || event.metaKey) ||
        event.shiftKey ||
        event.altKey ||
        !field.current?.checkVisibility({ visibilityProperty: true })
      )
        return
      event.preventDefault()
      field.current.focus()
      field.current.select()
    }
    window.addEventListener('keydown', find)
    return () => window.removeEventListener('keydown', find)
  }, [])
  return (
    <div className="archive-search">
      <TextField
        ref={field}
        type="search"
        icon={Search}
        aria-label={t('archive.search')}
        placeholder={t('archive.search')}
        value={text}
        onChange={(event) => setFilters({ text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setFilters(noFilters)
        }}
        after={<Keys keys={['Ctrl', 'F']} />}
      />
    </div>
  )
}

/** Which project, and which part of it. */
export function FilterBar() {
  const { t } = useTranslation()
  const { projects, project, filters, scans, index } = useArchive()
  const id = useId()
  const types = useMemo(() => {
    const listed = [...scans.values()].flatMap((entry) => (entry.state === 'listed' ? [entry.rows] : []))
    return typesOf([...index.values(), ...listed])
  }, [scans, index])
  return (
    <fieldset className="filters" aria-label={t('archive.filters')} disabled={projects === null}>
      <div className="filter">
        <label htmlFor={`${id}-project`}>{t('archive.project')}</label>
        <Select
          id={`${id}-project`}
          value={project ?? ''}
          onChange={(chosen) => chosen !== '' && void chooseProject(chosen)}
          className="filter-project"
        >
          {project === null && <option value="">{t('archive.choose')}</option>}
          {projects?.map((row) => (
            <option key={row.id} value={row.id}>
              {row.name === row.id ? row.id : `${row.id} · ${row.name}`}
            </option>
          ))}
        </Select>
      </div>
      <span className="filter-break" />
      <div className="filter">
        <label htmlFor={`${id}-eye`}>{t('archive.eye')}</label>
        <Select id={`${id}-eye`} value={filters.eye} onChange={(eye) => setFilters({ eye: eye === 'OD' || eye === 'OS' ? eye : 'any' })}>
          <option value="any">{t('archive.eyeAny')}</option>
          <option value="OD">OD</option>
          <option value="OS">OS</option>
        </Select>
      </div>
      <div className="filter">
        <label htmlFor={`${id}-type`}>{t('archive.type')}</label>
        <Select
          id={`${id}-type`}
          value={filters.type}
          onFocus={() => void listProjectScans()}
          onChange={(type) => setFilters({ type })}
          className="filter-type"
        >
          <option value="">{t('archive.typeAny')}</option>
          {types.map((type) => (
            <option key={type} value={type}>
              {type}
            </option>
          ))}
        </Select>
      </div>
      <div className="filter">
        <label htmlFor={`${id}-from`}>{t('archive.from')}</label>
        <input
          autoComplete="off"
          id={`${id}-from`}
          type="date"
          className="filter-date"
          value={filters.from}
          max={filters.to || undefined}
          onChange={(event) => setFilters({ from: event.target.value })}
        />
      </div>
      <div className="filter">
        <label htmlFor={`${id}-to`}>{t('archive.to')}</label>
        <input
          autoComplete="off"
          id={`${id}-to`}
          type="date"
          className="filter-date"
          value={filters.to}
          min={filters.from || undefined}
          onChange={(event) => setFilters({ to: event.target.value })}
        />
      </div>
      {anyFilter(filters) && (
        <Button kind="quiet" keys={['Esc']} onClick={() => setFilters(noFilters)}>
          {t('action.clearFilters')}
        </Button>
      )}
    </fieldset>
  )
}
