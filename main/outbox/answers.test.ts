import { describe, expect, it } from 'vitest'
import { ScansideError } from '../../oct/errors.ts'
import { answerTo, besideName, choicesFor, shownItem, waitingSentence } from './answers.ts'
import type { Entry } from './items.ts'

const piece = { size: 3, md5: 'b'.repeat(32) }
const waits = (away: string) => ({ is: 'waits', why: 'Why.', away, piece: null })

describe('what the archive answers', () => {
  it.each([
    [
      'another content',
      new ScansideError('conflict', 'Why.', { reason: 'other-content', ...piece }),
      { is: 'conflict', theirs: piece, message: 'Why.' },
    ],
    ['duplicates it does not list', new ScansideError('conflict', 'Why.', { reason: 'duplicates' }), waits('no')],
    ['409', new ScansideError('conflict', 'Why.', { status: 409 }), waits('no')],
    ['no right', new ScansideError('forbidden', 'Why.'), { is: 'refused', message: 'Why.' }],
    ['200, and stores nothing', new ScansideError('forbidden', 'Why.', { reason: 'nothing-stored' }), { is: 'refused', message: 'Why.' }],
    ['no such session', new ScansideError('not-found', 'Why.'), { is: 'refused', message: 'Why.' }],
    ['something else than was sent', new ScansideError('integrity', 'Why.', { reason: 'stored-otherwise', ...piece }), { ...waits('no'), piece }],
    ['a listing that lies', new ScansideError('integrity', 'Why.', { listed: 3, read: 4 }), waits('no')],
    ['that the sign-in has expired', new ScansideError('unauthorized', 'Why.'), waits('surely')],
    ['with another certificate', new ScansideError('untrusted-certificate', 'Why.'), waits('surely')],
    ['not at all', new ScansideError('unreachable', 'Why.'), waits('perhaps')],
    ['too late', new ScansideError('timeout', 'Why.'), waits('perhaps')],
    ['with a fault of its own', new ScansideError('unreachable', 'Why.', { reason: 'server-fault' }), waits('no')],
    ['that its disk is full', new ScansideError('disk-full', 'Why.'), waits('no')],
    ['with a web page', new ScansideError('not-supported', 'Why.', { reason: 'web-page' }), waits('no')],
  ])('%s', (_what, error, answer) => {
    expect(answerTo(error)).toEqual(answer)
  })

  it('nobody expected', () => {
    expect(answerTo(new TypeError('/home/erika/secret'))).toEqual({ ...waits('no'), why: 'The archive answered something Scanside did not expect.' })
  })
})

it('is told as a sentence of its kind', () => {
  expect(waitingSentence('results', null)).toBe('The results are kept here until somebody signs in to their archive again.')
  expect(waitingSentence('grading', 'Why.')).toBe('The grading is kept here and sent later. Why.')
})

describe('what a person is offered', () => {
  it.each([
    ['waiting', null, ['retry']],
    ['sending', null, []],
    ['conflict', null, ['keep-theirs', 'send-beside', 'replace']],
    ['refused', null, ['retry', 'discard']],
    ['locked', 'key', ['retry', 'discard']],
    ['locked', 'newer', []],
    ['locked', 'damaged', ['discard']],
  ] as const)('%s %s', (state, stuck, choices) => {
    expect(choicesFor({ state, stuck })).toEqual(choices)
  })

  it('says nothing of what is in an item on a locked desk', () => {
    const entry: Entry = {
      facts: { id: 'run-1', kind: 'results', order: 1, createdAt: '', size: 2 },
      content: {
        archive: 'a',
        session: { project: 'P', subject: 'S', session: 'E' },
        name: 'n',
        run: 'run-1',
        title: 'P-0142',
        md5: '',
        machine: false,
      },
      stuck: null,
      file: null,
      bytes: null,
      demo: false,
      state: 'waiting',
      message: null,
      theirs: null,
      piece: null,
      stumbles: 0,
    }
    expect(JSON.stringify(shownItem(entry, false))).not.toContain('P-0142')
    expect(shownItem(entry, true).title).toBe('P-0142')
  })
})

it('has one name beside another for one content', () => {
  expect(besideName('oct-quality/0.1.0/run-1/results.json', 'abcdef0123456789')).toBe('oct-quality/0.1.0/run-1/beside-abcdef01/results.json')
})
