import { Download, FileUp, PackageOpen } from 'lucide-react'
import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { bulkFetch } from '../../bridge.ts'
import { lab } from '../../lab.ts'
import { useApp, useMirror, useOperation } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { Progress, Spinner } from '../../ui/progress.tsx'
import { loadFile, loadShipped, pullImage, usePipelines } from './pipelines-store.ts'
import './images.css'

/** The three ways an image comes to this desk: shipped with Scanside, from a file, from a registry. Progress and cancel in place. */
export function LoadImage() {
  const { shipped, operation, busy, problem } = usePipelines()
  const { engine } = useApp()
  const { t } = useTranslation()
  const ready = engine.state === 'ready'
  if (operation !== null || busy) return <Bringing operation={operation} />
  return (
    <div className="load-image">
      {shipped?.available && !shipped.loaded && (
        <Button icon={PackageOpen} disabled={!ready} onClick={() => void loadShipped()}>
          {t('run.loadShipped')}
        </Button>
      )}
      <FromFile disabled={!ready} />
      <Pull disabled={!ready} />
      {problem && <Problem error={problem} />}
      <LastFailure />
    </div>
  )
}

function Bringing({ operation }: { operation: string | null }) {
  const { t } = useTranslation()
  const progress = useOperation(operation)
  const words = progress?.message || t(operation === null ? 'images.sending' : 'images.working')
  return (
    <div className="bringing" role="status">
      <p className="bringing-words">
        <Spinner />
        <span className="grow ellipsis">{words}</span>
        {operation !== null && (
          <Button kind="quiet" onClick={() => void lab.operations.cancel({ operation }).catch(() => undefined)}>
            {t('action.cancel')}
          </Button>
        )}
      </p>
      <Progress value={progress?.progress ?? null} label={words} />
    </div>
  )
}

/** The sentence of the last image that did not arrive. */
function LastFailure() {
  const last = useMirror((state) =>
    Object.values(state.operations).findLast((operation) => operation.kind === 'load-image' || operation.kind === 'pull-image'),
  )
  if (last?.state !== 'failed') return null
  return (
    <Notice icon={PackageOpen} urgent>
      <p>{last.message}</p>
    </Notice>
  )
}

function FromFile({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation()
  const chooser = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button icon={FileUp} disabled={disabled} onClick={() => chooser.current?.click()}>
        {t('run.loadFile')}
      </Button>
      <input
        autoComplete="off"
        ref={chooser}
        type="file"
        accept=".tar,.gz,.tgz"
        hidden
        aria-label={t('run.loadFile')}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) void loadFile(file, bulkFetch, t('drop.failed'))
        }}
      />
    </>
  )
}

function Pull({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const id = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim()) void pullImage(name.trim())
  }
  return (
    <form className="pull" onSubmit={submit}>
      <label htmlFor={id} className="label">
        {t('run.pullName')}
      </label>
      <div className="pull-line">
        <TextField id={id} value={name} placeholder={t('run.pullHint')} disabled={disabled} onChange={(event) => setName(event.target.value)} />
        <Button type="submit" icon={Download} disabled={disabled || name.trim() === ''}>
          {t('run.pull')}
        </Button>
      </div>
    </form>
  )
}
