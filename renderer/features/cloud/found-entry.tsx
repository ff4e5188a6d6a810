import { TriangleAlert } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { FoundCloud } from '../../../preload/cloud.ts'
import { lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { Select } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './cloud.module.css'
import { attempt } from './cloud-store.ts'
import { KeepChoices } from './keep-choices.tsx'
import { Submit } from './submit.tsx'

interface FoundEntryProps {
  cloud: FoundCloud
  open: boolean
  onOpen: () => void
}

/** One entry of a clouds.yaml; open, it asks what is to be known before signing in with it. */
export function FoundEntry({ cloud, open, onOpen }: FoundEntryProps) {
  const { t } = useTranslation('cloud')
  const body = useId()
  const usable = cloud.problem === null
  const about = [cloud.host, cloud.project && t('signIn.project', { project: cloud.project }), cloud.means && t(`means.${cloud.means}`)]
  return (
    <li>
      <button
        type="button"
        className={styles.entry}
        aria-expanded={usable ? open : undefined}
        aria-controls={usable && open ? body : undefined}
        disabled={!usable}
        onClick={onOpen}
      >
        <span className={styles.dot} data-on={(usable && open) || undefined} aria-hidden />
        <span className="grow">
          <b className="strong">{cloud.name}</b>
          <span className="soft small">{about.filter(Boolean).join(', ')}</span>
          {!usable && (
            <span className={styles.why}>
              <TriangleAlert className="icon" size={14} aria-hidden />
              <span lang="en">{cloud.problem}</span>
            </span>
          )}
        </span>
      </button>
      {usable && open && <UseEntry id={body} cloud={cloud} />}
    </li>
  )
}

function UseEntry({ id, cloud }: { id: string; cloud: FoundCloud }) {
  const { t } = useTranslation('cloud')
  const { keyring } = useApp()
  const [region, setRegion] = useState(cloud.region ?? cloud.regions[0] ?? '')
  const [exchange, setExchange] = useState(true)
  const [remember, setRemember] = useState(true)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const password = cloud.means === 'password'
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setProblem(null)
    const how = { exchange: password && exchange, remember: remember && keyring.available }
    setProblem(await attempt(() => lab.cloud.use({ name: cloud.name, region: region || null, ...how })))
  }
  return (
    <form id={id} className={styles.use} aria-label={t('signIn.entry', { name: cloud.name })} onSubmit={(event) => void submit(event)}>
      {cloud.regions.length > 1 && (
        <div className="settings-line">
          <label className="settings-name" htmlFor={`${id}-region`}>
            {t('signIn.region')}
          </label>
          <Select id={`${id}-region`} value={region} onChange={setRegion}>
            {cloud.regions.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </Select>
        </div>
      )}
      <KeepChoices password={password} exchange={exchange} remember={remember} onExchange={setExchange} onRemember={setRemember} />
      <Submit />
      {problem && <Problem error={problem} />}
    </form>
  )
}
