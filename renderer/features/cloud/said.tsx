import { useTranslation } from 'react-i18next'
import { readSaid } from './known-sentences.ts'

/** A sentence of the engine room, in the person's language where it is a known one; else as it is, marked as English. */
export function Said({ sentence }: { sentence: string }) {
  const { t } = useTranslation('cloud')
  const known = readSaid(sentence)
  return known ? <span>{t(`said.${known.key}`, known.blanks)}</span> : <span lang="en">{sentence}</span>
}
