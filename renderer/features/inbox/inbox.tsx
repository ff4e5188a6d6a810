import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ScansideError } from '../../../oct/errors.ts'
import type { ScanRef } from '../../../preload/contract.ts'
import { asScansideError, lab } from '../../lab.ts'
import { openViewer, useNavigation } from '../../navigation.ts'
import { askWho } from '../../shell/who/who-store.ts'
import { useApp, useInbox } from '../../stores.ts'
import { useKeys } from '../viewer/use-keys.ts'
import { Actions, type Doing } from './actions.tsx'
import { EmptyInbox } from './empty-inbox.tsx'
import { Folders } from './folders.tsx'
import { Header, ProfileProblem } from './header.tsx'
import styles from './inbox.module.css'
import { belongsToControl, inboxKey } from './keys.ts'
import { attemptBeside, inMiddle, openVisit, placeOf, rowBeside } from './model.ts'
import { OverrideForm } from './override-form.tsx'
import { Reading } from './reading.tsx'
import { KeySheet, Side } from './side.tsx'
import { VisitList } from './visit-list.tsx'

/** The technician's place: patients on the left, one verdict large, what stands beside it on the right. Everything by keyboard. */
export function Inbox() {
  const { t } = useTranslation('inbox')
  const inbox = useInbox()
  const person = useApp().people.person !== null
  const under = useNavigation((state) => state.viewer !== null)
  const [side, setSide] = useState<'beside' | 'keys' | 'override'>('beside')
  const [folders, setFolders] = useState(false)
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const centre = useRef<HTMLElement>(null)
  const middle = inMiddle(inbox)
  const place = middle && placeOf(inbox.visits, middle.id)
  const id = middle?.id ?? null

  // A form and a problem belong to the scan they were opened for.
  const [of, setOf] = useState(id)
  if (of !== id) {
    setOf(id)
    setProblem(null)
    if (side === 'override') setSide('beside')
  }
  useEffect(() => {
    if (document.activeElement === document.body) centre.current?.focus({ preventScroll: true })
  }, [])

  const told = (work: Promise<unknown>) => {
    setProblem(null)
    work.catch((cause: unknown) => setProblem(asScansideError(cause)))
  }
  const read = (scan: string) => {
    if (scan !== inbox.reading) told(lab.inbox.read({ scan }))
  }
  const open = async () => {
    if (!middle) return
    const local = middle.local ?? (await lab.inbox.fetch({ scan: middle.id })).local
    const visit = openVisit(inbox, middle)
    const among = inbox.scans.filter((one) => visit?.slots.some(({ attempts }) => attempts.includes(one.id)))
    const refs = among.flatMap((one): ScanRef[] => (one.local === null ? [] : [{ kind: 'local', local: one.local }]))
    const ref: ScanRef = { kind: 'local', local }
    openViewer(ref, refs.some((one) => one.kind === 'local' && one.local === local) ? refs : [ref])
  }
  /** What a person decides about the scan in the middle; asks for a name where nobody has picked one. */
  const decidedBy = (work: (scan: string) => Promise<unknown>) => {
    if (middle?.state !== 'judged') return
    if (person) told(work(middle.id))
    else askWho()
  }
  const back = () => {
    setSide('beside')
    centre.current?.focus({ preventScroll: true })
  }
  const doing: Doing = {
    next: () => inbox.queue.length > 0 && told(lab.inbox.next()),
    open: () => middle?.state === 'judged' && told(open()),
    decide: (decision) => {
      if (decision !== 'keep-best' || place?.slot.offerKeepBest) decidedBy((scan) => lab.inbox.decide({ scan, decision }))
    },
    override: () => decidedBy(async () => setSide('override')),
  }
  const choose = (scan: string) => (person ? told(lab.inbox.choose({ scan })) : askWho())

  useKeys((event) => {
    const key = inboxKey(event.key)
    if (under || !key || (event.target instanceof Element && belongsToControl(event.target, key))) return false
    switch (key.does) {
      case 'next':
      case 'open':
      case 'override':
        doing[key.does]()
        return true
      case 'decide':
        doing.decide(key.decision)
        return true
      case 'row': {
        const to = rowBeside(inbox, id, key.by)
        if (to) read(to)
        return true
      }
      case 'attempt': {
        const to = id && attemptBeside(inbox.visits, id, key.by)
        if (to) read(to)
        return true
      }
      case 'choose':
        if (middle && !middle.study && middle.state === 'judged' && (place?.slot.attempts.length ?? 0) > 1) choose(middle.id)
        return true
      case 'keys':
        setSide(side === 'keys' ? 'beside' : 'keys')
        return true
      case 'back':
        if (side === 'beside' && !folders) return false
        setFolders(false)
        back()
        return true
    }
  })

  const empty = inbox.visits.length === 0 && inbox.scans.length === 0
  return (
    <section className="page" aria-label={t('title')}>
      <Header inbox={inbox} folders={folders} onFolders={() => setFolders(!folders)} />
      {inbox.profileProblem && <ProfileProblem problem={inbox.profileProblem} />}
      {folders && <Folders inbox={inbox} onClose={() => setFolders(false)} />}
      {empty ? (
        <EmptyInbox inbox={inbox} />
      ) : (
        <div className={styles.inbox}>
          <VisitList inbox={inbox} middle={middle} onRead={read} />
          <section
            ref={centre}
            className={styles.centre}
            aria-label={t('region.verdict')}
            tabIndex={-1}
            data-scan={id ?? undefined}
            data-state={middle?.state}
            data-verdict={middle?.verdict ?? undefined}
            data-provisional={middle?.provisional?.verdict}
          >
            {middle ? (
              <Reading scan={middle} place={place}>
                <Actions
                  scan={middle}
                  place={place}
                  person={person}
                  waiting={inbox.queue.length}
                  problem={problem}
                  onClose={() => setProblem(null)}
                  doing={doing}
                />
              </Reading>
            ) : (
              <div className={styles.nothing}>
                <h2>{t('nothing.title')}</h2>
                <p className="soft">{t(inbox.queue.length > 0 ? 'nothing.waits' : 'nothing.body')}</p>
              </div>
            )}
          </section>
          {side === 'keys' ? (
            <KeySheet onClose={back} />
          ) : side === 'override' && middle ? (
            <OverrideForm scan={middle} onDone={back} />
          ) : (
            <Side inbox={inbox} scan={middle} place={place} person={person} onRead={read} onChoose={choose} />
          )}
        </div>
      )}
    </section>
  )
}
