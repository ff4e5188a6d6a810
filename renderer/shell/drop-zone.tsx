import { Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/notice.tsx'
import { useDropping } from './drop.ts'
import { type Entry, flat, walk } from './dropped-files.ts'
import { openFiles } from './open-file.tsx'

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/** Whether what is below takes files for itself. */
const takesFiles = ({ target }: DragEvent) => target instanceof Element && target.closest('[data-takes-files]') !== null

/**
 * The whole window takes dropped scans and folders; shows the invitation while one is held over it. Anything else that is dropped does nothing,
 * so that the window never navigates to it. The keyboard's way is `OpenFile`.
 */
export function DropZone() {
  const { t } = useTranslation()
  const [over, setOver] = useState(false)

  useEffect(() => {
    const hold = (event: DragEvent) => {
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = carriesFiles(event) ? 'copy' : 'none'
      setOver(carriesFiles(event) && !takesFiles(event))
    }
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent) => {
      event.preventDefault()
      setOver(false)
      if (takesFiles(event)) return
      // Both must be read here: after this event the list is empty.
      const entries = [...(event.dataTransfer?.items ?? [])].flatMap((item): Entry | Entry[] => item.webkitGetAsEntry() ?? [])
      const files = [...(event.dataTransfer?.files ?? [])]
      if (entries.length === 0 && files.length === 0) return
      const tooMany = t('drop.tooMany')
      void openFiles(
        async () => (entries.length > 0 ? walk(entries, tooMany) : flat(files, tooMany)),
        (key) => t(`drop.${key}`),
      )
    }
    const listening = new AbortController()
    const { signal } = listening
    window.addEventListener('dragover', hold, { signal })
    window.addEventListener('dragleave', leave, { signal })
    window.addEventListener('drop', drop, { signal })
    return () => listening.abort()
  }, [t])

  if (!over) return null
  return (
    <div className="drop-invitation" aria-hidden="true">
      <Download className="icon" size={32} strokeWidth={1.25} />
      <strong>{t('drop.title')}</strong>
      <p>{t('drop.body')}</p>
    </div>
  )
}

/** Why the last file could not be taken in; stands above the status bar until it is closed. */
export function DropProblem() {
  const { t } = useTranslation()
  const problem = useDropping((state) => state.problem)
  if (!problem) return null
  return (
    <div className="drop-problem">
      <Problem error={problem} actions={<Button onClick={() => useDropping.setState({ problem: null })}>{t('action.close')}</Button>} />
    </div>
  )
}
