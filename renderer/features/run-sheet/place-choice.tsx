import { Cloud, CloudOff, Monitor, RefreshCw, Shuffle } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Estimate, Place } from '../../../preload/cloud.ts'
import { lab } from '../../lab.ts'
import { goToCloud } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Said } from '../cloud/said.tsx'
import { mostMachines } from '../cloud/standing.ts'
import { aboutTime, type PlaceOption } from './place.ts'

interface PlaceChoiceProps {
  options: readonly PlaceOption[]
  taken: Place
  estimate: Estimate | null
  /** Runs there would be: one machine each. */
  runs: number
  builtin: boolean
  onTake: (place: Place) => void
}

/** Here, in the cloud, or as it comes: with what each would take, and why not where it cannot be. */
export function PlaceChoice({ options, taken, estimate, runs, builtin, onTake }: PlaceChoiceProps) {
  const { t } = useTranslation('cloud')
  const group = useId()
  const about: Record<Place, ReactNode> = {
    here: <HereAbout builtin={builtin} />,
    cloud: <CloudAbout runs={runs} />,
    auto: <AutoAbout estimate={estimate} />,
  }
  return (
    <section>
      <h3 className="label" id={group}>
        {t('place.title')}
      </h3>
      <div className="places" role="radiogroup" aria-labelledby={group}>
        {options.map((option) => (
          <Choice
            key={option.place}
            option={option}
            group={group}
            on={option.place === taken}
            estimating={estimate === null}
            onTake={() => onTake(option.place)}
          >
            {about[option.place]}
          </Choice>
        ))}
      </div>
      <Mend options={options} builtin={builtin} />
    </section>
  )
}

const icons = { here: Monitor, cloud: Cloud, auto: Shuffle }

interface ChoiceProps {
  option: PlaceOption
  group: string
  on: boolean
  estimating: boolean
  onTake: () => void
  children: ReactNode
}

function Choice({ option, group, on, estimating, onTake, children }: ChoiceProps) {
  const { t } = useTranslation('cloud')
  const { place, whyNot, seconds } = option
  const id = useId()
  const Icon = place === 'cloud' && whyNot ? CloudOff : icons[place]
  return (
    <label className="place" data-on={(on && !whyNot) || undefined} data-off={whyNot !== null || undefined}>
      <input
        autoComplete="off"
        type="radio"
        name={group}
        value={place}
        checked={on && !whyNot}
        disabled={whyNot !== null}
        aria-describedby={id}
        onChange={onTake}
      />
      <span className="place-body">
        <span className="place-head">
          <Icon className="icon" size={14} aria-hidden />
          <span className="grow">{t(`place.${place}`)}</span>
          {!whyNot && (
            <span className="place-time">{seconds === null ? t(estimating ? 'place.estimating' : 'place.unknown') : <Time seconds={seconds} />}</span>
          )}
        </span>
        <span id={id} className="place-about">
          {whyNot === null ? children : 'own' in whyNot ? t(`place.not.${whyNot.own}`) : <Said sentence={whyNot.said} />}
        </span>
      </span>
    </label>
  )
}

function Time({ seconds }: { seconds: number }) {
  const { t, i18n } = useTranslation('cloud')
  const time = aboutTime(seconds)
  if (time.unit === 'instant') return t('place.time.instant')
  return t(`place.time.${time.unit}`, { count: time.count, formatParams: { count: { locale: i18n.language } } })
}

function HereAbout({ builtin }: { builtin: boolean }) {
  const { t } = useTranslation()
  const { engine } = useApp()
  const kind = engine.kind === 'podman' ? 'Podman' : 'Docker'
  if (builtin) return t('run.deskBuiltin')
  return (
    <>
      {`${kind} ${engine.version ?? ''}`.trim()}, {t(`run.disk.${engine.dataRoot}`)}
      {engine.remote && <b className="place-warning">{t('run.deskRemote')}</b>}
    </>
  )
}

function CloudAbout({ runs }: { runs: number }) {
  const { t } = useTranslation('cloud')
  const { cloud } = useApp()
  const most = mostMachines(cloud)
  const each = cloud.choices.engine === 'zun' ? 'place.containers' : 'place.machines'
  const machines = runs > most ? t('place.machinesMost', { count: runs, most }) : t(each, { count: runs })
  return t('place.cloudBody', { name: cloud.name ?? t('status.any'), machines })
}

function AutoAbout({ estimate }: { estimate: Estimate | null }) {
  const { t } = useTranslation('cloud')
  if (!estimate) return t('place.autoBody')
  const { place, why } = estimate.auto
  return (
    <>
      {t(place === 'here' ? 'place.autoHere' : 'place.autoCloud')} <Said sentence={why} />
    </>
  )
}

/** What can be done about a place that cannot be chosen: outside the choice, as it is none. */
function Mend({ options, builtin }: { options: readonly PlaceOption[]; builtin: boolean }) {
  const { t } = useTranslation('cloud')
  const { t: common } = useTranslation()
  const { engine } = useApp()
  const reasons = options.flatMap(({ whyNot }) => (whyNot && 'own' in whyNot ? [whyNot.own] : []))
  const engineMissing = !builtin && reasons.includes('engine')
  const cloudMends = (['none', 'signed-out', 'refused', 'no-image'] as const).find((reason) => reasons.includes(reason))
  if (!engineMissing && !cloudMends) return null
  return (
    <div className="place-mend">
      {engineMissing && (
        <>
          <p className="soft small">{engine.message}</p>
          <Button icon={RefreshCw} disabled={engine.state === 'looking'} onClick={() => void lab.engine.refresh().catch(() => undefined)}>
            {common('run.lookAgain')}
          </Button>
        </>
      )}
      {cloudMends && (
        <Button kind="quiet" icon={Cloud} onClick={goToCloud}>
          {t(cloudMends === 'none' ? 'place.setUp' : 'place.toSettings')}
        </Button>
      )}
    </div>
  )
}
