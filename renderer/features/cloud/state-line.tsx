import { CircleAlert, CircleCheck, CircleDashed, CircleX, CloudOff, ImageOff, type LucideIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useApp } from '../../stores.ts'
import { Spinner } from '../../ui/progress.tsx'
import styles from './cloud.module.css'
import { Said } from './said.tsx'
import { type Standing, standingOf } from './standing.ts'

const shapes: Record<Exclude<Standing, 'signing-in'>, LucideIcon> = {
  none: CloudOff,
  'signed-out': CircleDashed,
  ready: CircleCheck,
  'no-image': ImageOff,
  refused: CircleX,
  away: CircleAlert,
}

/** The standings whose own sentence from the engine room says more than ours. */
const tells: readonly Standing[] = ['signed-out', 'refused', 'away']

/** How it stands with the cloud: a shape, a sentence, and what the cloud itself said. */
export function StateLine() {
  const { t } = useTranslation('cloud')
  const { cloud } = useApp()
  const standing = standingOf(cloud)
  const Shape = standing === 'signing-in' ? null : shapes[standing]
  return (
    <div className={styles.state} role="status" data-state={standing}>
      {Shape ? <Shape className="icon" size={16} aria-hidden /> : <Spinner size={16} />}
      <div className="grow">
        <p>
          <b className="strong">{t(`state.${standing}.lead`)}</b> <span className="soft">{t(`state.${standing}.rest`)}</span>
        </p>
        {tells.includes(standing) && cloud.message !== '' && (
          <p className="soft small">
            <Said sentence={cloud.message} />
          </p>
        )}
      </div>
    </div>
  )
}
