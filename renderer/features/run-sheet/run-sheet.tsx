import { Check, CloudOff, Info, Lock, Monitor, Play, RefreshCw, TriangleAlert, X } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ScansideError } from '../../../oct/errors.ts'
import type { Pipeline, ScanRef } from '../../../preload/contract.ts'
import { useAppearance } from '../../appearance.ts'
import { asScansideError, lab } from '../../lab.ts'
import { openRun } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Select } from '../../ui/field.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import { noteStarted } from '../archive/archive-store.ts'
import { LoadImage } from '../images/load-image.tsx'
import { listPipelines, usePipelines } from '../images/pipelines-store.ts'
import { firstValues, sentValues, type Values, wrongInput } from './form.ts'
import { InputField } from './input-field.tsx'
import './run-sheet.css'

interface RunSheetProps {
  /** What is run on: chosen scans of the archive, or one dropped file. */
  refs: ScanRef[]
  sessions: number
  /** Sum of their sizes; null where one is not known. */
  bytes: number | null
  /** What was chosen, as the list of runs shows it. */
  subject: string
  onClose: () => void
}

/** Which pipeline, with what, where: beside what it runs on, never over it. */
export function RunSheet({ refs, sessions, bytes, subject, onClose }: RunSheetProps) {
  const { t } = useTranslation()
  const { engine, session } = useApp()
  const list = usePipelines((state) => state.list)
  const [picked, setPicked] = useState<string | null>(null)
  const [values, setValues] = useState<Record<string, Values>>({})
  const [problem, setProblem] = useState<ScansideError | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const sheet = useRef<HTMLElement>(null)
  const pipeline = list?.find((each) => each.id === picked) ?? list?.find((each) => each.refused === null) ?? list?.[0]
  const form = pipeline ? (values[pipeline.id] ?? firstValues(pipeline.inputs)) : {}
  const fetches = refs.some((ref) => ref.kind === 'archive')
  const unreachable = fetches && session.state !== 'signed-in'
  const ready =
    pipeline !== undefined && pipeline.refused === null && (pipeline.builtin || engine.state === 'ready') && refs.length > 0 && !unreachable && !busy

  // An engine that has just become ready has images to list.
  useEffect(() => {
    if (engine.state !== 'looking') void listPipelines()
  }, [engine.state])
  useEffect(() => sheet.current?.focus(), [])

  const start = async () => {
    if (!ready) return
    const bad = wrongInput(pipeline.inputs, form)
    setWrong(bad?.input.name ?? null)
    if (bad) {
      const field = bad.input.label
      setProblem(new ScansideError('invalid-argument', t(bad.why === 'required' ? 'run.required' : 'run.notNumber', { field })))
      return
    }
    setBusy(true)
    setProblem(null)
    try {
      const { runs } = await lab.runs.start({
        pipeline: pipeline.id,
        refs,
        values: sentValues(pipeline.inputs, form),
        subject: subject.slice(0, 1_000),
      })
      noteStarted(runs, refs)
      const [first] = runs
      onClose()
      if (first) openRun(first)
    } catch (error) {
      setProblem(asScansideError(error))
      setBusy(false)
    }
  }
  // The newest `start` for a listener that is set once.
  const latest = useRef(start)
  latest.current = start
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      // A sheet left open below the viewer does not answer.
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !sheet.current?.checkVisibility({ visibilityProperty: true })) return
      event.preventDefault()
      void latest.current()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])

  return (
    <aside
      ref={sheet}
      className="sheet"
      aria-label={t('run.sheet')}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <header>
        <h2>{t('run.title', { count: refs.length })}</h2>
        <IconButton label={t('action.close')} icon={X} onClick={onClose} />
      </header>
      <div className="sheet-body">
        <section>
          <h3 className="label">{t('run.pipeline')}</h3>
          {pipeline && list ? (
            <Choice list={list} pipeline={pipeline} onPick={setPicked} containers={engine.state === 'ready'} />
          ) : (
            <NoPipeline waiting={engine.state === 'looking' || (list === null && engine.state === 'ready')} engine={engine.state === 'ready'} />
          )}
          {pipeline && pipeline.inputs.length > 0 && (
            <div className="sheet-form">
              {pipeline.inputs.map((input) => (
                <InputField
                  key={`${pipeline.id}/${input.name}`}
                  input={input}
                  value={form[input.name] ?? ''}
                  wrong={wrong === input.name}
                  onChange={(value) => setValues({ ...values, [pipeline.id]: { ...form, [input.name]: value } })}
                />
              ))}
            </div>
          )}
        </section>
        <Places builtin={pipeline?.builtin ?? false} />
        <section>
          <h3 className="label">{t('run.before')}</h3>
          <Facts pipeline={pipeline} refs={refs} sessions={sessions} bytes={bytes} unreachable={unreachable} />
        </section>
      </div>
      <footer>
        {problem && <Problem error={problem} />}
        {refs.length === 0 && <p className="soft small">{t('run.nothing')}</p>}
        <Button kind="primary" size="large" icon={Play} keys={['Ctrl', 'Enter']} disabled={!ready} onClick={() => void start()}>
          {t(busy ? 'run.starting' : 'run.start')}
        </Button>
      </footer>
    </aside>
  )
}

interface ChoiceProps {
  list: Pipeline[]
  pipeline: Pipeline
  onPick: (id: string) => void
  /** Whether a container engine is there. */
  containers: boolean
}

function Choice({ list, pipeline, onPick, containers }: ChoiceProps) {
  const { t } = useTranslation()
  return (
    <>
      <Select size="large" aria-label={t('run.pipeline')} value={pipeline.id} onChange={onPick}>
        {list.map((each) => (
          <option key={each.id} value={each.id}>
            {`${each.label} ${each.version}`}
          </option>
        ))}
      </Select>
      {pipeline.description && <p className="soft small">{pipeline.description}</p>}
      {pipeline.refused !== null && (
        <ul className="facts">
          <Fact icon={TriangleAlert}>{pipeline.refused}</Fact>
        </ul>
      )}
      {containers && list.every(({ builtin }) => builtin) && (
        <>
          <p className="soft small">{t('run.orContainer')}</p>
          <LoadImage />
        </>
      )}
    </>
  )
}

function NoPipeline({ waiting, engine }: { waiting: boolean; engine: boolean }) {
  const { t } = useTranslation()
  if (waiting) return <p aria-busy="true" />
  if (!engine)
    return (
      <>
        <p className="strong">{t('run.noEngine')}</p>
        <p className="soft small">{t('run.noEngineBody')}</p>
      </>
    )
  return (
    <>
      <p className="strong">{t('run.none')}</p>
      <p className="soft small">{t('run.noneBody')}</p>
      <LoadImage />
    </>
  )
}

/** Where it may run. One place can be taken today; the other says why it cannot. */
function Places({ builtin }: { builtin: boolean }) {
  const { t } = useTranslation()
  const { engine } = useApp()
  const ready = engine.state === 'ready'
  const kind = engine.kind === 'podman' ? 'Podman' : 'Docker'
  return (
    <section>
      <h3 className="label">{t('run.place')}</h3>
      <div className="place" data-on>
        <Monitor className="icon" size={14} aria-hidden />
        <div className="grow">
          <p className="strong">{t('run.desk')}</p>
          {builtin ? (
            <p className="soft small">{t('run.deskBuiltin')}</p>
          ) : ready ? (
            <p className="soft small">
              {`${kind} ${engine.version ?? ''}`.trim()}, {t(`run.disk.${engine.dataRoot}`)}
            </p>
          ) : (
            <p className="soft small">{engine.message}</p>
          )}
          {!builtin && engine.remote && <p className="small strong">{t('run.deskRemote')}</p>}
          {!builtin && !ready && (
            <Button icon={RefreshCw} disabled={engine.state === 'looking'} onClick={() => void lab.engine.refresh().catch(() => undefined)}>
              {t('run.lookAgain')}
            </Button>
          )}
        </div>
      </div>
      <div className="place" aria-disabled="true">
        <CloudOff className="icon" size={14} aria-hidden />
        <div className="grow">
          <p>{t('run.cloud')}</p>
          <p className="small">{t('run.cloudBody')}</p>
        </div>
      </div>
    </section>
  )
}

interface FactsProps {
  pipeline: Pipeline | undefined
  refs: ScanRef[]
  sessions: number
  bytes: number | null
  unreachable: boolean
}

function Facts({ pipeline, refs, sessions, bytes, unreachable }: FactsProps) {
  const { t } = useTranslation()
  const language = useAppearance((state) => state.language)
  const local = refs.some((ref) => ref.kind === 'local')
  return (
    <ul className="facts">
      {pipeline && (
        <Fact icon={Check}>
          {pipeline.builtin ? (
            t('run.factBuiltin')
          ) : (
            <>
              {t('run.factImage')} <span className="mono">{pipeline.digest}</span>
            </>
          )}
        </Fact>
      )}
      {bytes !== null && bytes > 0 && <Fact icon={Check}>{t('run.factSize', { size: formatBytes(bytes, language) })}</Fact>}
      {pipeline?.context === 'session' && sessions > 1 && <Fact icon={Info}>{t('run.factSessions', { count: sessions })}</Fact>}
      <Fact icon={Lock}>{t('run.factNames')}</Fact>
      <Fact icon={Info}>{t(local ? 'run.factLocal' : 'run.factHome')}</Fact>
      {unreachable && <Fact icon={TriangleAlert}>{t('run.factOffline')}</Fact>}
    </ul>
  )
}

function Fact({ icon: Icon, children }: { icon: typeof Check; children: ReactNode }) {
  return (
    <li className="fact">
      <Icon className="icon" size={14} aria-hidden />
      <span>{children}</span>
    </li>
  )
}
