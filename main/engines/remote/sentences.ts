/** What a machine's fixed words mean for a person. Pure. */
import { type ErrorCode, ScansideError } from '../../../oct/errors.ts'
import type { RemoteOutcome, RemoteProgress } from './job.ts'

const untouched = 'Nothing was sent and no scan was judged; the scans are untouched.'

const problems: Record<NonNullable<RemoteOutcome['problem']>, [ErrorCode, string]> = {
  clock: [
    'integrity',
    `The cloud machine’s clock is more than five minutes wrong, so it trusted no certificate. ${untouched} Tell the cloud’s administrator.`,
  ],
  'archive-unreachable': [
    'unreachable',
    `The cloud machine could not reach the archive. ${untouched} Ask the cloud’s administrator whether machines of this network may reach it, and that its certificate is trusted.`,
  ],
  'token-refused': ['unauthorized', `The archive did not take the cloud machine’s token. ${untouched} Start the run again.`],
  'input-missing': [
    'not-found',
    `A scan was not there any more when the cloud machine fetched it. ${untouched} Look at the scan and start the run again.`,
  ],
  'input-differs': ['integrity', `A scan arrived at the cloud machine other than the archive had said. ${untouched} Start the run again.`],
  'no-engine': [
    'engine-unavailable',
    `The cloud machine has no working Docker or Podman. ${untouched} Choose another machine image in the settings, or tell who made it.`,
  ],
  'image-missing': [
    'not-found',
    `The cloud machine has no analysis image of this pipeline and could not fetch it. ${untouched} Send the image to the cloud in the settings, then start the run again.`,
  ],
  'image-differs': [
    'image-refused',
    `The cloud machine found another analysis image than this desk allows. ${untouched} Send the image to the cloud again, or tell the lab’s administrator.`,
  ],
  'image-refused': ['image-refused', `The cloud machine’s engine could not start the analysis image. ${untouched} Tell whoever made the pipeline.`],
  'no-results': ['output-refused', `The pipeline ended without any results. ${untouched} Tell whoever made the pipeline.`],
  'output-refused': [
    'output-refused',
    `The pipeline left files that break a rule (their number, size, depth or kind). ${untouched} Tell whoever made the pipeline.`,
  ],
  'upload-refused': [
    'forbidden',
    'The archive did not keep the results the cloud machine sent, as it does where an account may not change a project. No result was kept; ask the project’s owner for the right to edit, then start the run again.',
  ],
  'upload-differs': ['integrity', 'The archive lists other results than the cloud machine sent. They were not taken; start the run again.'],
  'disk-full': ['disk-full', `The cloud machine has not enough room for this run. ${untouched} Choose a larger flavor, or run fewer scans at once.`],
  deadline: ['timeout', `The cloud machine did not end in its time and stopped. ${untouched} Run fewer scans at once.`],
}

/** What a machine gave up for. */
export const problemError = (problem: NonNullable<RemoteOutcome['problem']>): ScansideError => {
  const [code, sentence] = problems[problem]
  return new ScansideError(code, sentence, { problem })
}

const isProblem = (word: string): word is keyof typeof problems => Object.hasOwn(problems, word)

/** What the last fixed word of a console's hint means: of a machine whose clock is wrong it is all that is heard. Null where it holds none. */
export const hintSentence = (hint: string | null): string | null => {
  const word = (hint ?? '')
    .split('; ')
    .findLast((said) => said.startsWith('problem '))
    ?.slice('problem '.length)
  return word !== undefined && isProblem(word) ? problems[word][1] : null
}

/** Where a machine is, as a line of the log. */
export const stageLine = ({ stage, done, of }: RemoteProgress): string => {
  switch (stage) {
    case 'preparing':
      return 'The machine has started and asks the archive.'
    case 'fetching':
      return of === 0 ? 'The machine needs no files.' : `The machine has fetched ${done} of ${of} files.`
    case 'loading-image':
      return 'The machine makes the analysis image ready.'
    case 'running':
      return 'The machine runs the pipeline.'
    case 'sending':
      return 'The machine sends the results to the archive.'
    case 'done':
      return 'The machine is done.'
  }
}

/** Of a console: only lines the machine's script writes about this run; at most five. */
export const consoleHint = (text: string | null, run: string): string | null => {
  const own = (text ?? '').split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf(`scanside ${run} `)
    const said = at === -1 ? '' : line.slice(at + `scanside ${run} `.length).trim()
    return /^[a-z-]{1,30} [a-z0-9/-]{1,30}$/.test(said) ? [said] : []
  })
  return own.length === 0 ? null : own.slice(-5).join('; ')
}
