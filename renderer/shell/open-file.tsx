import { FileUp } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { bulkFetch } from '../bridge.ts'
import { lab } from '../lab.ts'
import { openViewer } from '../navigation.ts'
import { Button } from '../ui/button.tsx'
import { takeIn, useDropping, whileDropping } from './drop.ts'

/** Takes in one file and opens it over the current place. */
export function openFile(file: Blob, failed: string): Promise<void> {
  return whileDropping(async () => openViewer({ kind: 'local', local: await takeIn(lab.scans, bulkFetch, file, failed) }))
}

/** The keyboard's way to what dropping does. */
export function OpenFile() {
  const { t } = useTranslation()
  const chooser = useRef<HTMLInputElement>(null)
  const busy = useDropping((state) => state.busy)
  return (
    <>
      <Button kind="primary" icon={FileUp} disabled={busy} onClick={() => chooser.current?.click()}>
        {t('inbox.file')}
      </Button>
      <input
        ref={chooser}
        type="file"
        hidden
        aria-label={t('inbox.file')}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) void openFile(file, t('drop.failed'))
        }}
      />
    </>
  )
}
