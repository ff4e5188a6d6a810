/** How an XML export is refused: the tag, what is wrong, what the person can do. */
import { ScansideError } from '../../errors.ts'

/** The file contradicts itself or does not say what it must, at `tag`. */
export function badTag(tag: string, what: string, details: Record<string, string | number> = {}): ScansideError {
  return new ScansideError('invalid-file', `The XML export ${what} (${tag}). Nothing was changed; export the scan again from the device.`, {
    tag,
    ...details,
  })
}
