import { expect, it } from 'vitest'
import { readNote } from './step-note.ts'

it.each([
  ['1 file, 2.2 MB', { say: 'files', count: 1, size: '2.2' }],
  ['18 files, 394.0 MB', { say: 'files', count: 18, size: '394.0' }],
  ['1 scan judged', { say: 'judged', count: 1, size: '' }],
  ['exit code 0', { say: 'exited' }],
  ['read back: size and MD5 equal in the listing', { say: 'readBack' }],
  ['workspace not yet removed', { say: 'notRemoved' }],
  ['taken up again where it was', { say: 'takenUp' }],
  ['begun anew: the container engine had ended it', { say: 'anew' }],
  ['begun anew when it can go on', { say: 'anew' }],
  ['cancelled before it began', { say: 'cancelledEarly' }],
])('knows what "%s" says', (note, said) => expect(readNote(note)).toEqual(said))

it('leaves other sentences as they are', () => expect(readNote('The engine went away.')).toBeNull())
