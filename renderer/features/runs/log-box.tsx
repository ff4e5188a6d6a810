import { Copy } from 'lucide-react'
import { type UIEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import { lab } from '../../lab.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { formatTime } from '../../ui/format.ts'
import { type Log, logText } from './log-lines.ts'
import styles from './runs.module.css'

/** The clipboard takes 100,000 characters; the newest lines are the ones wanted. */
const copyable = 99_000

/** A run's log as it is written. It follows its end until someone scrolls up, and again with F. */
export function LogBox({ log, error, live }: { log: Log; error: ScansideError | null; live: boolean }) {
  const { t, i18n } = useTranslation('runs')
  const [follow, setFollow] = useState(true)
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (follow && log.lines.length > 0) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [follow, log])
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.matches('input, select, textarea')) return
      if (event.key.toLowerCase() === 'f' && !event.ctrlKey && !event.metaKey && !event.altKey) setFollow((on) => !on)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
  const scrolled = (event: UIEvent<HTMLDivElement>) => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
    setFollow(scrollHeight - clientHeight - scrollTop < 8)
  }

  return (
    <section className={styles.logbox} aria-label={t('log.title')}>
      <header>
        <b className="strong">{t('log.title')}</b>
        <span className="faint small">
          {t(live ? 'log.live' : 'log.lines', { count: log.lines.length })}
          {log.dropped > 0 && `, ${t('log.dropped', { count: log.dropped })}`}
        </span>
        <span className="grow" />
        {error && <span className="small soft">{error.message}</span>}
        <Button kind="quiet" keys={['F']} aria-pressed={follow} onClick={() => setFollow(!follow)}>
          {t('log.follow')}
        </Button>
        <IconButton
          label={t('log.copy')}
          icon={Copy}
          disabled={log.lines.length === 0}
          onClick={() => void lab.app.copyText({ text: logText(log).slice(-copyable) }).catch(() => undefined)}
        />
      </header>
      <div ref={box} className={styles.lines} role="log" aria-label={t('log.title')} onScroll={scrolled}>
        {log.lines.length === 0 && <p className="faint">{t('log.empty')}</p>}
        {log.lines.map((line) => (
          <p key={line.seq} data-stream={line.stream}>
            <span className={styles.lineTime}>{formatTime(line.at, i18n.language)}</span>
            <span className={styles.lineFrom}>{t(`stream.${line.stream}`)}</span>
            <span className={styles.lineText}>{line.text}</span>
          </p>
        ))}
      </div>
    </section>
  )
}
