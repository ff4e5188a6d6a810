import { describe, expect, it } from 'vitest'
import {
  answersOf,
  beside,
  isAnswered,
  leftOut,
  lettersAnswered,
  nextOpen,
  noAnswers,
  questions,
  readingKey,
  sameAnswers,
  wholeWord,
  withAnswer,
  wordKey,
} from './answers.ts'

const all = questions.reduce((answers, question) => withAnswer(answers, question, 0), noAnswers)

describe('answers', () => {
  it('go from question to question until all are given, whatever came first', () => {
    let answers = noAnswers
    let at: (typeof questions)[number] | null = 'A'
    const order: string[] = []
    while (at) {
      order.push(at)
      answers = withAnswer(answers, at, 1)
      at = nextOpen(answers, at)
    }
    expect(order).toEqual(['A', 'R', 'I', 'B', 'overall', 'O', 'S', 'C'])
    expect(wholeWord(answers)?.overall).toBe('ambiguous')
    expect(lettersAnswered(answers)).toBe(7)
  })
  it('are no word while one is missing', () => {
    expect(wholeWord({ ...all, overall: null })).toBeNull()
    const { R: _R, ...others } = all.letters
    expect(wholeWord({ ...all, letters: others })).toBeNull()
    expect(wholeWord(all)).toEqual({ letters: { O: 'pass', S: 'pass', C: 'pass', A: 'pass', R: 'pass', I: 'pass', B: 'pass' }, overall: 'usable' })
  })
  it('take the fourth choice for a letter, not for the whole', () => {
    expect(withAnswer(noAnswers, 'R', 3).letters.R).toBe('unknown')
    expect(isAnswered(withAnswer(noAnswers, 'overall', 3), 'overall')).toBe(false)
  })
  it('stay within the list', () => {
    expect(beside('O', -1)).toBe('O')
    expect(beside('overall', 1)).toBe('overall')
    expect(beside('B', 1)).toBe('overall')
  })
  it('come back from what was saved; what was left out is open', () => {
    expect(sameAnswers(answersOf({ letters: wholeWord(all)?.letters ?? leftOut.letters, overall: 'usable' }), all)).toBe(true)
    expect(answersOf(leftOut).overall).toBeNull()
  })
})

describe('keys', () => {
  it.each([
    ['1', { does: 'answer', nth: 0 }],
    ['4', { does: 'answer', nth: 3 }],
    ['ArrowDown', { does: 'move', by: 1 }],
    ['Enter', { does: 'save' }],
  ])('%s is the same beside the machine and blind', (key, meaning) => {
    expect(wordKey(key)).toEqual(meaning)
    expect(readingKey(key)).toEqual(meaning)
  })
  // The viewer's own: layers, view back, calipers, contrast, picture, compare, other B-scans.
  it.each(['l', 'r', 'm', 's', 'c', '0', '5', 'ArrowLeft', 'PageUp', 'Delete', 'Escape'])('%s stays the viewer’s', (key) =>
    expect(wordKey(key)).toBeNull(),
  )
  it.each(['o', 'S', 'c', 'A', 'r', 'I', 'b'])('%s goes to its letter in blind reading', (key) =>
    expect(readingKey(key)).toEqual({ does: 'jump', to: key.toUpperCase() }),
  )
  it.each([
    ['u', 0],
    ['L', 1],
    ['n', 2],
  ])('%s is the overall word', (key, nth) => expect(readingKey(key)).toEqual({ does: 'overall', nth }))
  it.each(['0', '5', 'ArrowLeft', 'ArrowRight', 'PageDown', 'Escape', 'Tab', 'm'])('%s is left alone in blind reading', (key) =>
    expect(readingKey(key)).toBeNull(),
  )
})
