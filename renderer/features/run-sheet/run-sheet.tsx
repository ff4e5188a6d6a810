import { Check, Info, Lock, Play, TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ScansideError } from '../../../oct/errors.ts'
import type { Pipeline, ScanRef } from '../../../preload/contract.ts'
import { useAppearance } from '../../appearance.ts'
import { asScansideError, lab } from '../../lab.ts'
import { openRun } from '../../navigation.ts'
import { useApp } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/field.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Problem } from '../../ui/notice.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { noteStarted } from '../archive/archive-store.ts'
import { LoadImage } from '../images/load-image.tsx'
import { listPipelines, usePipelines } from '../images/pipelines-store.ts'
import { notKept, useOffline } from '../offline/offline-store.ts'
import { firstValues, sentValues, type Values, wrongInput } from './form.ts'
import { InputField } from './input-field.tsx'
import { useLastPlace } from './last-place.ts'
import { placeOptions, placeTaken } from './place.ts'
import { PlaceChoice } from './place-choice.tsx'
import { useEstimate } from './use-estimate.ts'
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
  const { t: said } = useTranslation('cloud')
  const { engine, session, cloud } = useApp()
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
  const local = refs.some((ref) => ref.kind === 'local')
  const missing = notKept(
    refs,
    useOffline((state) => state.kept),
  )
  // Without the archive, what this desk keeps can be run on all the same.
  const away: Away = !fetches || session.state === 'signed-in' ? 'no' : session.state !== 'offline' ? 'signed-out' : missing > 0 ? 'missing' : 'kept'
  const unreachable = away === 'signed-out' || away === 'missing'
  const estimate = useEstimate({ pipeline: pipeline?.id, scans: refs.length, bytes, local })
  const options = placeOptions({ pipeline, local, engineReady: engine.state === 'ready', cloud, estimate })
  const taken = placeTaken(
    useLastPlace((state) => state.place),
    options,
  )
  const possible = options.some(({ place, whyNot }) => place === taken && whyNot === null)
  const inCloud = taken === 'cloud' || (taken === 'auto' && estimate?.auto.place === 'cloud')
  const ready = pipeline !== undefined && pipeline.refused === null && possible && refs.length > 0 && !unreachable && !busy

  // An engine that has just become ready has images to list; a cloud is a place more for them.
  useEffect(() => {
    if (engine.state !== 'looking' || cloud.runs) void listPipelines()
  }, [engine.state, cloud.runs])
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
        place: taken,
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
    <Sheet sheet={sheet} label={t('run.sheet')} title={t('run.title', { count: refs.length })} onClose={onClose}>
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
        <PlaceChoice
          options={options}
          taken={taken}
          estimate={estimate}
          runs={pipeline?.context === 'session' ? Math.max(1, sessions) : Math.max(1, refs.length)}
          builtin={pipeline?.builtin ?? false}
          onTake={(place) => useLastPlace.setState({ place })}
        />
        <section>
          <h3 className="label">{t('run.before')}</h3>
          <Facts pipeline={pipeline} local={local} inCloud={inCloud} sessions={sessions} bytes={bytes} away={away} missing={missing} />
        </section>
      </div>
      <footer>
        {problem && <Problem error={problem} />}
        {refs.length === 0 && <p className="soft small">{t('run.nothing')}</p>}
        <Button kind="primary" size="large" icon={Play} keys={['Ctrl', 'Enter']} disabled={!ready} onClick={() => void start()}>
          {busy ? t('run.starting') : inCloud ? said('place.startCloud') : said('place.startHere')}
        </Button>
      </footer>
    </Sheet>
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

interface FactsProps {
  pipeline: Pipeline | undefined
  local: boolean
  inCloud: boolean
  sessions: number
  bytes: number | null
  away: Away
  /** Scans that lie in the archive alone. */
  missing: number
}

/** Whether the archive can be asked for the scans; `kept`: it cannot, and need not be. */
type Away = 'no' | 'signed-out' | 'missing' | 'kept'

function Facts({ pipeline, local, inCloud, sessions, bytes, away, missing }: FactsProps) {
  const { t } = useTranslation()
  const { t: said } = useTranslation('cloud')
  const { t: offline } = useTranslation('offline')
  const { cloud, keyring, session } = useApp()
  const language = useAppearance((state) => state.language)
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
      {bytes !== null && bytes > 0 && away === 'no' && <Fact icon={Check}>{t('run.factSize', { size: formatBytes(bytes, language) })}</Fact>}
      {pipeline?.context === 'session' && sessions > 1 && <Fact icon={Info}>{t('run.factSessions', { count: sessions })}</Fact>}
      <Fact icon={Lock}>{inCloud && cloud.choices.engine === 'zun' ? said('place.factNames') : t('run.factNames')}</Fact>
      <Fact icon={Info}>{away === 'kept' ? offline('run.kept') : t(local ? 'run.factLocal' : 'run.factHome')}</Fact>
      {inCloud && (
        <>
          <Fact icon={Lock}>{said('place.factLeave')}</Fact>
          <Fact icon={Lock}>{said('place.factToken')}</Fact>
          {!cloud.has.objects && <Fact icon={TriangleAlert}>{said('place.factTokenInline')}</Fact>}
          <Fact icon={Info}>{said(keyring.available && !session.demo ? 'place.factClose' : 'place.factStay')}</Fact>
        </>
      )}
      {away === 'signed-out' && <Fact icon={TriangleAlert}>{t('run.factOffline')}</Fact>}
      {away === 'missing' && <Fact icon={TriangleAlert}>{offline('run.missing', { count: missing })}</Fact>}
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
