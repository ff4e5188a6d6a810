/** What a row says of a scan that is being judged. */
import type { TFunction } from 'i18next'
import type { Verdict } from '../../../oct/results.ts'

/** @param first as `firstWord` gives it */
export function sayFirst(first: Verdict | null, t: TFunction<'inbox'>): string {
  if (first === null) return t('slot.judging')
  return first === 'unknown' ? t('slot.soFar') : t('slot.first', { word: t(`mark.${first}`) })
}
