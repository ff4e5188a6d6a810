import { CircleAlert, CircleCheck, CircleDashed, type LucideIcon, OctagonX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Check, checkIds } from '../../../preload/diagnostics.ts'
import { languageOf } from '../../i18n/i18n.ts'
import { showWaiting } from '../../navigation.ts'
import { Spinner } from '../../ui/progress.tsx'
import { checksDe } from './checks-de.ts'
import { checksEn } from './checks-en.ts'
import styles from './self-check.module.css'
import { type CheckSentences, tellCheck } from './sentences.ts'

const sentences: Record<'en' | 'de', CheckSentences> = { en: checksEn, de: checksDe }
/** Every state has a shape of its own beside its word; colours are kept for verdicts. */
const shapes: Record<Check['state'], LucideIcon> = { ok: CircleCheck, attention: CircleAlert, problem: OctagonX, none: CircleDashed }

/** The checks in main's order; before the first answer, what is being looked at. */
export function CheckList({ checks, looking }: { checks: readonly Check[] | null; looking: boolean }) {
  const { t, i18n } = useTranslation('check')
  const { names } = sentences[languageOf(i18n.language)]
  return (
    <ul className={styles.checks} aria-label={t('title')} aria-busy={looking}>
      {checks === null
        ? checkIds.map((id) => (
            <li key={id} className={styles.check}>
              {looking ? <Spinner size={16} /> : <CircleDashed className="icon" size={16} aria-hidden />}
              <b className="name">{names[id]}</b>
              <span className="faint">{looking ? t('looking') : ''}</span>
            </li>
          ))
        : checks.map((check) => <CheckRow key={check.id} check={check} />)}
    </ul>
  )
}

function CheckRow({ check }: { check: Check }) {
  const { t, i18n } = useTranslation('check')
  const language = languageOf(i18n.language)
  const own = sentences[language]
  const told = tellCheck(check, own, i18n.language)
  const { say, step } = told ?? { say: check.message, step: check.step }
  const Shape = shapes[check.state]
  return (
    <li className={styles.check} data-state={check.state}>
      <Shape className="icon" size={16} aria-hidden />
      <b className="name">{own.names[check.id]}</b>
      <span className={styles.word}>{t(`state.${check.state}`)}</span>
      <div className={styles.told} lang={told ? undefined : 'en'}>
        <p>{say}</p>
        {step !== null && (
          <p className="soft">
            <span className="sr-only">{t('step')}</span> {step}
          </p>
        )}
        {check.id === 'outbox' && (check.state === 'attention' || check.state === 'problem') && (
          <button type="button" className="link small" onClick={showWaiting}>
            {t('toWaiting')}
          </button>
        )}
      </div>
    </li>
  )
}
