import { CloudUpload } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pipeline } from '../../../preload/contract.ts'
import { lab } from '../../lab.ts'
import { useApp, useOperation } from '../../stores.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Progress, Spinner } from '../../ui/progress.tsx'
import { listPipelines, usePipelines } from '../images/pipelines-store.ts'
import { Card } from '../settings/card.tsx'
import styles from './cloud.module.css'
import { sendImage, useSending } from './send-image.ts'

/** Puts the images of this desk's pipelines into the cloud's object store, each with its progress. */
export function ImagesCard() {
  const { t } = useTranslation('cloud')
  const { cloud, engine } = useApp()
  const list = usePipelines((state) => state.list)
  useEffect(() => {
    if (engine.state !== 'looking') void listPipelines()
  }, [engine.state])
  // Several pipelines may be of one image: it is sent once.
  const images = [...new Map((list ?? []).filter(isHere).map((pipeline) => [pipeline.image, pipeline])).values()]
  return (
    <Card title={t('images.title')} about={t('images.about')}>
      {!cloud.has.objects && <p className="soft">{t('images.noObjects')}</p>}
      {cloud.has.objects && list !== null && images.length === 0 && <p className="soft">{t('images.none')}</p>}
      {cloud.has.objects && images.length > 0 && (
        <ul className="settings-images">
          {images.map((pipeline) => (
            <Image key={pipeline.image} pipeline={pipeline} />
          ))}
        </ul>
      )}
    </Card>
  )
}

/** A container image that this desk's engine has: one the application is itself, or the cloud alone has, is not to be sent. */
const isHere = ({ builtin, places }: Pipeline) => !builtin && (places?.includes('here') ?? true)

function Image({ pipeline }: { pipeline: Pipeline }) {
  const { t } = useTranslation('cloud')
  const { t: common } = useTranslation()
  const { cloud } = useApp()
  const sending = useSending((state) => state.images[pipeline.image])
  const operation = useOperation(sending?.operation ?? null)
  const running = sending !== undefined && sending.problem === null && (operation === undefined || operation.state === 'running')
  const ended = operation !== undefined && operation.state !== 'running' ? operation : null
  const words = operation?.message || t('images.sending')
  const id = sending?.operation
  return (
    <li className={styles.image}>
      <div className={styles.imageLine}>
        <div className="grow">
          <p className="strong ellipsis">{pipeline.image}</p>
          <p className="faint small ellipsis">{common('settings.digest', { digest: pipeline.digest })}</p>
        </div>
        {running ? (
          <>
            <Spinner />
            <Button kind="quiet" disabled={!id} onClick={() => id && void lab.operations.cancel({ operation: id }).catch(() => undefined)}>
              {common('action.cancel')}
            </Button>
          </>
        ) : (
          <Button
            icon={CloudUpload}
            disabled={cloud.state !== 'ready'}
            aria-label={t('images.sendThis', { name: pipeline.image })}
            onClick={() => void sendImage(pipeline)}
          >
            {t('images.send')}
          </Button>
        )}
      </div>
      {running && <Progress value={operation?.progress ?? null} label={words} />}
      <p className="small" role="status">
        {running ? words : ended ? <span lang="en">{ended.message || t('images.sent')}</span> : null}
      </p>
      {sending?.problem && <Problem error={sending.problem} />}
    </li>
  )
}
