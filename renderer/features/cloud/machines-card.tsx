import { Lock, RefreshCw } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { CloudChoices } from '../../../preload/cloud.ts'
import { asScansideError, lab } from '../../lab.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Segmented, Select, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Spinner } from '../../ui/progress.tsx'
import { Card } from '../settings/card.tsx'
import styles from './cloud.module.css'
import { LimitBars } from './limit-bars.tsx'
import { formatMemory } from './limits.ts'
import { byFitness, bySize, machineCount, type Offers } from './offers.ts'
import { useOffers } from './use-offers.ts'

const nothingOffered: Offers = { images: [], flavors: [], networks: [], zones: [] }

/** What a run's machine is made of, and how many there may be. A choice is noted as it is made. */
export function MachinesCard() {
  const { t } = useTranslation('cloud')
  const { cloud } = useApp()
  const { offers, reading, error, again } = useOffers()
  const [saving, setSaving] = useState(false)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const choose = (change: Partial<CloudChoices>) => {
    setSaving(true)
    setProblem(null)
    lab.cloud
      .choose({ ...cloud.choices, ...change })
      .catch((cause: unknown) => setProblem(asScansideError(cause)))
      .finally(() => setSaving(false))
  }
  return (
    <Card title={t('machines.title')} about={t('machines.about')}>
      {cloud.fixed && (
        <p className={styles.given}>
          <Lock className="icon" size={14} aria-hidden />
          {t('machines.fixed')}
        </p>
      )}
      <Choices offers={offers ?? nothingOffered} disabled={cloud.fixed || cloud.state !== 'ready'} onChoose={choose} />
      {cloud.limits && <LimitBars limits={cloud.limits} />}
      <div className="settings-line">
        <Button icon={RefreshCw} disabled={reading || cloud.state !== 'ready'} onClick={again}>
          {t('machines.again')}
        </Button>
        <span className={styles.busy} role="status">
          {(reading || saving) && (
            <>
              <Spinner /> {t(saving ? 'machines.saving' : 'machines.reading')}
            </>
          )}
        </span>
      </div>
      {error && <Problem error={error} />}
      {problem && <Problem error={problem} />}
    </Card>
  )
}

interface ChoicesProps {
  offers: Offers
  disabled: boolean
  onChoose: (change: Partial<CloudChoices>) => void
}

function Choices({ offers, disabled, onChoose }: ChoicesProps) {
  const { t, i18n } = useTranslation('cloud')
  const { cloud } = useApp()
  const { choices, has } = cloud
  const { fit, others } = byFitness(offers.images)
  const nova = choices.engine === 'nova'
  const images = (some: Offers['images']) =>
    some.map(({ id, name }) => (
      <option key={id} value={id}>
        {name}
      </option>
    ))
  return (
    <>
      <Line name={t('machines.engine')} about={t(nova ? 'machines.novaHint' : 'machines.zunHint')} group>
        {() =>
          has.containers && has.machines && !disabled ? (
            <Segmented
              label={t('machines.engine')}
              value={choices.engine}
              choices={(['nova', 'zun'] as const).map((value) => ({ value, label: t(`machines.${value}`) }))}
              onChange={(engine) => onChoose({ engine })}
            />
          ) : (
            <p className={styles.value}>{t(`machines.${choices.engine}`)}</p>
          )
        }
      </Line>
      {nova && (
        <>
          <Line name={t('machines.image')} about={t('machines.imageHint')}>
            {(labelled) => (
              <Select {...labelled} disabled={disabled} value={choices.image ?? ''} onChange={(image) => onChoose({ image: image || null })}>
                {choices.image === null && <option value="">{t('machines.imageNone')}</option>}
                <Gone id={choices.image} among={offers.images} />
                {fit.length > 0 && <optgroup label={t('machines.imagesFit')}>{images(fit)}</optgroup>}
                {others.length > 0 && <optgroup label={t('machines.imagesOther')}>{images(others)}</optgroup>}
              </Select>
            )}
          </Line>
          <Line name={t('machines.flavor')}>
            {(labelled) => (
              <Select {...labelled} disabled={disabled} value={choices.flavor ?? ''} onChange={(flavor) => onChoose({ flavor: flavor || null })}>
                <option value="">{t('machines.flavorAuto')}</option>
                <Gone id={choices.flavor} among={offers.flavors} />
                {bySize(offers.flavors).map(({ id, name, vcpus, ramMiB, diskGiB }) => (
                  <option key={id} value={id}>
                    {t('machines.flavorRow', {
                      name,
                      cores: t('machines.cores', { count: vcpus }),
                      ram: formatMemory(ramMiB, i18n.language),
                      disk: `${diskGiB} GiB`,
                    })}
                  </option>
                ))}
              </Select>
            )}
          </Line>
        </>
      )}
      <Network offers={offers} disabled={disabled} onChoose={onChoose} />
      {(offers.zones.length > 1 || choices.zone !== null) && (
        <Line name={t('machines.zone')}>
          {(labelled) => (
            <Select {...labelled} disabled={disabled} value={choices.zone ?? ''} onChange={(zone) => onChoose({ zone: zone || null })}>
              <option value="">{t('machines.zoneAny')}</option>
              <Gone id={choices.zone} among={offers.zones.map((id) => ({ id }))} />
              {offers.zones.map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </Select>
          )}
        </Line>
      )}
      <Most key={choices.maxMachines} disabled={disabled} onChoose={onChoose} />
    </>
  )
}

function Network({ offers, disabled, onChoose }: ChoicesProps) {
  const { t } = useTranslation('cloud')
  const { network } = useApp().cloud.choices
  const given = network.kind === 'given' ? network.id : null
  const choose = (value: string) => {
    if (value === '+auto' || value === '+none') onChoose({ network: { kind: value === '+auto' ? 'auto' : 'none' } })
    else onChoose({ network: { kind: 'given', id: value } })
  }
  return (
    <Line name={t('machines.network')} {...(network.kind === 'none' ? { about: t('machines.networkNoneHint') } : {})}>
      {(labelled) => (
        <Select {...labelled} disabled={disabled} value={given ?? `+${network.kind}`} onChange={choose}>
          <option value="+auto">{t('machines.networkAuto')}</option>
          <Gone id={given} among={offers.networks} />
          {offers.networks.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          <option value="+none">{t('machines.networkNone')}</option>
        </Select>
      )}
    </Line>
  )
}

/** Noted when the field is left or Enter is pressed; what is no count between 1 and 50 is set back. */
function Most({ disabled, onChoose }: Omit<ChoicesProps, 'offers'>) {
  const { t } = useTranslation('cloud')
  const { maxMachines } = useApp().cloud.choices
  const [text, setText] = useState(String(maxMachines))
  const count = machineCount(text)
  const note = () => {
    if (count === null) setText(String(maxMachines))
    else if (count !== maxMachines) onChoose({ maxMachines: count })
  }
  return (
    <Line name={t('machines.most')} about={t('machines.mostHint')} narrow>
      {(labelled) => (
        <TextField
          {...labelled}
          inputMode="numeric"
          disabled={disabled}
          value={text}
          wrong={count === null}
          onChange={(event) => setText(event.target.value)}
          onBlur={note}
          onKeyDown={(event) => event.key === 'Enter' && note()}
        />
      )}
    </Line>
  )
}

/** What was chosen and is not offered (any more, or not listed yet) stays what is chosen. */
function Gone({ id, among }: { id: string | null; among: readonly { id: string }[] }) {
  const { t } = useTranslation('cloud')
  if (id === null || among.some((each) => each.id === id)) return null
  return <option value={id}>{among.length === 0 ? t('machines.chosen') : t('machines.gone', { id })}</option>
}

interface LineProps {
  name: string
  about?: string
  narrow?: boolean
  /** Several controls, which name themselves. */
  group?: boolean
  children: (labelled: { id: string; 'aria-describedby'?: string }) => ReactNode
}

function Line({ name, about, narrow = false, group = false, children }: LineProps) {
  const id = useId()
  return (
    <div className={styles.line} data-narrow={narrow || undefined}>
      {group ? <span>{name}</span> : <label htmlFor={id}>{name}</label>}
      <div>
        {children(about === undefined ? { id } : { id, 'aria-describedby': `${id}-about` })}
        {about !== undefined && (
          <p id={`${id}-about`} className="faint small">
            {about}
          </p>
        )}
      </div>
    </div>
  )
}
