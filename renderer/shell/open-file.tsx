import { FileUp, Plus } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { bulkFetch } from '../bridge.ts'
import { lab } from '../lab.ts'
import { useNavigation } from '../navigation.ts'
import { Button } from '../ui/button.tsx'
import { type Say, takeInAll, useDropping, whileDropping } from './drop.ts'
import { type Found, flat } from './dropped-files.ts'

/** Takes in files: in the Inbox as scans to be judged there, elsewhere the first of them is opened over the current place. */
export function openFiles(find: () => Promise<Found[]>, say: Say): Promise<void> {
  const { place, viewer } = useNavigation.getState()
  const inInbox = place === 'inbox' && viewer === null
  const taken = inInbox ? { onTaken: (local: string) => lab.inbox.take({ local }) } : {}
  return whileDropping(async (signal, onProgress) =>
    takeInAll({ scans: lab.scans, send: bulkFetch, say, signal, ...taken }, await find(), onProgress),
  )
}

/** The keyboard's way to what dropping does; `quiet` where it stands in a page's head. */
export function OpenFile({ quiet = false }: { quiet?: boolean }) {
  const { t } = useTranslation()
  const say: Say = (key) => t(`drop.${key}`)
  const label = t(useNavigation((state) => state.place) === 'inbox' ? 'inbox.file' : 'inbox.open')
  const chooser = useRef<HTMLInputElement>(null)
  const busy = useDropping((state) => state.busy)
  return (
    <>
      <Button
        kind={quiet ? 'quiet' : 'primary'}
        size={quiet ? 'normal' : 'large'}
        icon={quiet ? Plus : FileUp}
        disabled={busy}
        onClick={() => chooser.current?.click()}
      >
        {label}
      </Button>
      <input
        autoComplete="off"
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label={label}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          event.target.value = ''
          if (files.length > 0) void openFiles(async () => flat(files, say('tooMany')), say)
        }}
      />
    </>
  )
}
