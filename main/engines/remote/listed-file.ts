/** How a machine is told of a file of the archive without being told its name. */
import { createHash } from 'node:crypto'
import { ScansideError } from '../../../oct/errors.ts'
import type { JobInput } from './job.ts'

/** What follows the first `/files/` of a file's URI: its name in its resource, as the archive's lists write it. */
export const nameInUri = (uri: string): string => uri.slice(uri.indexOf('/files/') + '/files/'.length)

/** @throws ScansideError `invalid-argument` for a URI that is not a file's in this archive */
export const listedFile = (uri: string): JobInput['from'] => {
  // Behind the archive's name without a slash it would make another host of it.
  const list = /^(\/(?!\/)(?:.*?\/resources\/[^/]+|.*?)\/files)\/./.exec(uri)?.[1]
  if (list === undefined)
    throw new ScansideError('invalid-argument', 'The archive gave a file an address that is none of its own. Nothing was started.')
  return { kind: 'archive', list, nameDigest: createHash('sha256').update(nameInUri(uri)).digest('hex') }
}
