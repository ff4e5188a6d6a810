import { ChartScatter, Database, Inbox, type LucideIcon, Rows3, SlidersHorizontal } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { go, type Place, places, useNavigation } from '../navigation.ts'
import { useApp, useInbox } from '../stores.ts'

const icons: Record<Place, LucideIcon> = { inbox: Inbox, archive: Database, runs: Rows3, cohort: ChartScatter, settings: SlidersHorizontal }

/** The five places. A number on the Inbox says how many verdicts wait to be read, one on Runs how many are under way. */
export function Rail() {
  const { t } = useTranslation()
  const current = useNavigation((state) => state.place)
  const { active } = useApp().counts
  const unread = useInbox().queue.length
  const counts: Partial<Record<Place, number>> = { inbox: unread, runs: active }
  return (
    <nav className="rail" aria-label={t('place.label')}>
      {places.map((place) => {
        const Icon = icons[place]
        return (
          <button
            key={place}
            type="button"
            className="rail-place"
            data-place={place}
            aria-current={place === current ? 'page' : undefined}
            onClick={() => go(place)}
          >
            <Icon className="icon" size={20} aria-hidden />
            {t(`place.${place}`)}
            {(counts[place] ?? 0) > 0 && <span className="rail-count">{counts[place]}</span>}
          </button>
        )
      })}
    </nav>
  )
}
