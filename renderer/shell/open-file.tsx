import { FileUp } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { bulkFetch } from '../bridge.ts'
import { lab } from '../lab.ts'
import { Button } from '../ui/button.tsx'
import { type Say, takeInAll, useDropping, whileDropping } from './drop.ts'
import { type Found, flat } from './dropped-files.ts'

/** Takes in files and opens the first scan among them over the current place. */
export function openFiles(find: () => Promise<Found[]>, say: Say): Promise<void> {
  return whileDropping(async (signal, onProgress) => takeInAll({ scans: lab.scans, send: bulkFetch, say, signal }, await find(), onProgress))
}

/** The keyboard's way to what dropping does. */
export function OpenFile() {
  const { t } = useTranslation()
  const say: Say = (key) => t(`drop.${key}`)
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
        multiple
        hidden
        aria-label={t('inbox.file')}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          event.target.value = ''
          if (files.length > 0) void openFiles(async () => flat(files, say('tooMany')), say)
        }}
      />
    </>
  )
}
